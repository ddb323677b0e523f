/** An invented school as its KnowledgeNET workbook would tell it: cells, not yet understood. */

export interface SamplePerson {
  externalId: string;
  /** The id stands in the sheet as a number (a spreadsheet program took it for one). */
  idAsNumber?: boolean;
  newExternalId?: string;
  nsn?: string;
  title?: string;
  surname: string;
  firstName: string;
  /** Students only. */
  yearLevel?: string;
  login: string;
  password?: string;
  email: string;
  /** External ids of classes, in the order of the columns "Member of Group". */
  groups: string[];
  /** Cell of "Delete This User". */
  remove?: string;
  /** Cell of the optional column "Disable User". Students only. */
  disabled?: string;
}

export interface SampleGroup {
  externalId: string;
  newExternalId?: string;
  name: string;
  groupType: string;
  /** Cell of the optional column "SMS Controlled". */
  smsControlled: string;
  /** Cell of the optional column "Moodle Provisioning". */
  provisioning?: string;
  /** Cell of "Delete This Group". */
  remove?: string;
}

export interface SampleSchool {
  readonly seed: string;
  readonly name: string;
  /** The school year that the classes are of. */
  readonly year: number;
  readonly groupTypes: string[];
  readonly groups: SampleGroup[];
  readonly students: SamplePerson[];
  readonly teachers: SamplePerson[];
  /** How many students have ever been enrolled; ids are given in that order. */
  readonly studentsEver: number;
  readonly teachersEver: number;
  /** Headers of further columns on the students' sheet, without values. */
  readonly extraHeaders?: readonly string[];
}
