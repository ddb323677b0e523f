/** What can be said to `bin/demo`; bin/lib/demo-usage.txt says it to people, before anything is installed. */
import { parseArgs } from 'node:util';
import { RolloverError } from '../../data/model/errors.js';

export interface DemoOptions {
  readonly approveAll: boolean;
  readonly reset: boolean;
  readonly stop: boolean;
  readonly background: boolean;
  /** Students of the sample school when it is made. */
  readonly students: number;
}

const DEFAULT_STUDENTS = 240;

/** @throws RolloverError UsageInvalid */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const values = parse(args);
  const students = values.students === undefined ? DEFAULT_STUDENTS : Number(values.students);
  if (!Number.isInteger(students) || students < 10 || students > 50_000)
    throw new RolloverError('UsageInvalid', 'A school has 10 to 50000 students.');
  return {
    approveAll: values['approve-all'] === true,
    reset: values.reset === true,
    stop: values.stop === true,
    background: values.background === true,
    students,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'approve-all': { type: 'boolean' },
        background: { type: 'boolean' },
        reset: { type: 'boolean' },
        stop: { type: 'boolean' },
        students: { type: 'string' },
      },
    }).values;
  } catch {
    throw new RolloverError('UsageInvalid', 'This is not an option of bin/demo; bin/demo --help lists them.');
  }
}
