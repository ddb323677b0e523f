/** A dump is a clean point to go back to only when no plan is half applied at the moment whose data it holds. */
import { select, type Journal } from '../journal/journal.js';
import { selectTarget } from '../journal/targets.js';
import { RolloverError } from '../model/errors.js';

/** Whether the newest plan of a run that has not ended is begun and not through. */
async function isHalfApplied(journal: Journal): Promise<boolean> {
  const statement = `SELECT 1 AS found FROM run r
    JOIN plan p ON p.id = (SELECT MAX(id) FROM plan WHERE run_id = r.id AND sealed_at IS NOT NULL)
    WHERE r.target_id = ? AND r.ended_at IS NULL
      AND EXISTS (SELECT 1 FROM plan_change c WHERE c.plan_id = p.id AND c.state <> 'pending')
      AND EXISTS (SELECT 1 FROM plan_change c WHERE c.plan_id = p.id AND c.state = 'pending') LIMIT 1`;
  return (await select(journal.db, statement, [journal.targetId])).length > 0;
}

function refusal(): RolloverError {
  return new RolloverError(
    'BackupFailed',
    'A plan is being applied: a dump would hold one half of it. Make it when the plan is through, or cancel the run.',
  );
}

/** Watches that nobody begins to write between asking for a dump and its first rows. */
export interface CleanMoment {
  /** The first rows have come, so the dump's view of the data is fixed. */
  fixed(): void;
  /** @throws RolloverError BackupFailed: a plan was begun meanwhile */
  confirm(): Promise<void>;
}

/** @throws RolloverError BackupFailed while a plan is half applied */
export async function awaitCleanMoment(journal: Journal): Promise<CleanMoment> {
  const { fence } = await selectTarget(journal);
  if (await isHalfApplied(journal)) throw refusal();
  let later: Promise<number> | undefined;
  const read = async (): Promise<number> => (await selectTarget(journal)).fence;
  return {
    fixed() {
      if (later !== undefined) return;
      later = read();
      // whoever confirms hears of it
      later.catch(() => undefined);
    },
    async confirm() {
      if ((await (later ?? read())) !== fence) throw refusal();
    },
  };
}
