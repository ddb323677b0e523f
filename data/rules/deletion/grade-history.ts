/** Whether Moodle keeps grades of who is unenrolled for as long as a run can be taken back [T13]. Pure. */
import { RETENTION_DAYS } from '../../model/settings.js';

/**
 * Unenrolling somebody's last enrolment deletes the grades; what is left is the history (contract §5.4).
 *
 * @param config Moodle's `config` by name: `disablegradehistory`, and `gradehistorylifetime` in days, 0 = for ever.
 */
export function keepsGradeHistory(config: ReadonlyMap<string, string>, undoDays = RETENTION_DAYS): boolean {
  if (Number(config.get('disablegradehistory') ?? 0) !== 0) return false;
  const days = Number(config.get('gradehistorylifetime') ?? 0);
  return days === 0 || days >= undoDays;
}
