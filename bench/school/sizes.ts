/** The schools that are measured. */

export interface SchoolSize {
  readonly name: 'tiny' | 'school' | 'district';
  readonly users: number;
  readonly teachers: number;
  readonly courses: number;
  readonly enrolments: number;
  /** Group types; each is a category of its own, and a category holds at most 9,999 courses. */
  readonly groupTypes: number;
  /** A workbook of a district's size is more than spreadsheet programs like. */
  readonly source: 'xlsx' | 'csv';
}

export const sizes: Readonly<Record<SchoolSize['name'], SchoolSize>> = {
  tiny: {
    name: 'tiny',
    users: 215,
    teachers: 15,
    courses: 40,
    enrolments: 2_000,
    groupTypes: 4,
    source: 'xlsx',
  },
  school: {
    name: 'school',
    users: 2_150,
    teachers: 150,
    courses: 400,
    enrolments: 20_000,
    groupTypes: 4,
    source: 'xlsx',
  },
  district: {
    name: 'district',
    users: 50_000,
    teachers: 3_500,
    courses: 10_000,
    enrolments: 500_000,
    groupTypes: 4,
    source: 'csv',
  },
};
