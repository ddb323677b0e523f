/** What has to be set up in Moodle before anything can be deleted for good. */
import type { DeletionSetup } from '../journal/deletions.js';
import { deletionKinds, type DeletionKind } from '../model/deletion.js';
import type { SchoolSettings } from '../model/settings.js';
import type { MoodleSite } from '../moodle/site.js';
import { probeWebService } from '../moodle/webservice/preflight.js';
import { deletableTypes } from '../rules/deletion/list-deletions.js';
import type { School } from '../schools.js';

/** Types that the settings allow to be deleted for good. */
export function kindsToDelete(settings: Pick<SchoolSettings, 'deletion'>): DeletionKind[] {
  const allowed = deletableTypes(settings);
  return deletionKinds.filter((kind) => allowed[kind]);
}

/**
 * What is missing; empty: nothing that can be seen. A Moodle that gives no answer just now is waited for, and one that
 * calls itself otherwise works.
 */
export async function findSetup(
  school: School,
  site: MoodleSite,
  kinds: readonly DeletionKind[],
  signal?: AbortSignal,
): Promise<DeletionSetup[]> {
  const { configured, problems } = await probeWebService(school, site, signal, kinds);
  if (!configured) return [{ what: 'no-web-service', detail: '' }];
  return problems.filter(({ what }) => what !== 'unreachable' && what !== 'another-address');
}
