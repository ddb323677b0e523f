/** What can be said to `bin/demo`. */
import { parseArgs } from 'node:util';
import { RolloverError } from '../../data/model/errors.js';

export interface DemoOptions {
  readonly approveAll: boolean;
  readonly reset: boolean;
  readonly stop: boolean;
  readonly background: boolean;
  readonly help: boolean;
  /** Students of the sample school when it is made. */
  readonly students: number;
}

export const usage = `Usage: bin/demo [--approve-all] [--background] [--reset] [--students N]
       bin/demo --stop

Starts a private MariaDB and a private Temporal, makes a small Moodle with last year's sample school in it, and
starts next year's rollover, which waits for you at its first gate. On a terminal it stays until Ctrl-C.

  --approve-all   goes through every gate and prints the report; everything goes on running
  --background    comes back at once, as without a terminal; everything goes on running
  --stop          ends what a demonstration has started; its state stays
  --reset         forgets the state and starts over
  --students N    size of the school, when it is made (default 240)

The state is in .rollover/demo (ROLLOVER_DEMO_FOLDER names another place). Nothing else on this machine is touched.
`;

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
    help: values.help === true,
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
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch {
    throw new RolloverError('UsageInvalid', 'This is not an option of bin/demo; bin/demo --help lists them.');
  }
}
