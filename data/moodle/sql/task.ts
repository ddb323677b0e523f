/** `task_scheduled`: only looked at, and only where the account may; nothing depends on it. */
import type { Knex } from 'knex';
import { optionalTableName, selectRows, type TablePlace } from './statement.js';

export interface TaskRow {
  readonly component: string;
  readonly classname: string;
  readonly disabled: number;
}

/** Every scheduled task with its switch. */
export async function selectScheduledTasks(db: Knex, place: TablePlace): Promise<TaskRow[]> {
  return selectRows(
    db,
    `SELECT component, classname, disabled FROM ${optionalTableName(place, 'task_scheduled')} ORDER BY classname`,
  );
}
