/** What of this Moodle's schema can refer to somebody, read once per session: no plugin is installed meanwhile. */
import { readReferences, type References } from '../../moodle/use/references.js';
import type { BatchContext } from '../batch.js';
import type { ApplySession } from '../session.js';

const known = new WeakMap<ApplySession, References>();

export async function referencesOf({ session, write }: BatchContext): Promise<References> {
  const before = known.get(session);
  if (before !== undefined) return before;
  const references = await readReferences(write.db, write.site);
  known.set(session, references);
  return references;
}
