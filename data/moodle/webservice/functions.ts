/** The functions of Moodle that we call; all others stay out of our service (docs/web-services.md). */
import { z } from 'zod';
import type { WebService } from '../../configuration/web-service.js';
import { RolloverError } from '../../model/errors.js';
import { callFunction, readingWaits, type CallOptions } from './client.js';

/** Functions that the service must offer. */
export const neededFunctions = ['core_webservice_get_site_info', 'core_course_update_categories'] as const;

const siteInfo = z.object({
  siteurl: z.string(),
  release: z.string().default(''),
  version: z.string().default(''),
  userid: z.number(),
  username: z.string().default(''),
  functions: z.array(z.object({ name: z.string() })).default([]),
});

/** What a site says of itself and of our account there. */
export interface SiteInfo {
  readonly siteUrl: string;
  readonly release: string;
  readonly version: string;
  readonly userId: number;
  /** Login of our account; compared, never shown. */
  readonly userName: string;
  /** Names of the functions that our service offers. */
  readonly functions: readonly string[];
}

/** @throws RolloverError WebServiceRefused, WebServiceUnavailable */
export async function getSiteInfo(service: WebService, options: CallOptions = {}): Promise<SiteInfo> {
  const answer = await callFunction(service, neededFunctions[0], {}, { waits: readingWaits, ...options });
  const parsed = siteInfo.safeParse(answer);
  if (!parsed.success)
    throw new RolloverError(
      'WebServiceRefused',
      'What answers at this address does not speak as Moodle does.',
      {
        function: neededFunctions[0],
      },
    );
  const { siteurl, release, version, userid, username, functions } = parsed.data;
  return {
    siteUrl: siteurl,
    release,
    version,
    userId: userid,
    userName: username,
    functions: functions.map(({ name }) => name),
  };
}

/** A category as it is; sending it back changes only its time of change. */
export interface CategoryAsItIs {
  readonly id: number;
  readonly name: string;
  /** Sent along: Moodle would set 1 (HTML) otherwise. */
  readonly descriptionFormat: number;
}

/**
 * Gives a category the name that it has. Running Moodles throw away their copies of category and course lists then,
 * which nothing in the database can do (contract §8). Repeatable.
 *
 * @throws RolloverError WebServiceRefused, WebServiceUnavailable
 */
export async function nudgeCategories(
  service: WebService,
  { id, name, descriptionFormat }: CategoryAsItIs,
  options: CallOptions = {},
): Promise<void> {
  await callFunction(
    service,
    neededFunctions[1],
    { categories: [{ id, name, descriptionformat: descriptionFormat }] },
    options,
  );
}
