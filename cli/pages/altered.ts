/** What a page says beside the hash of a snapshot that a person was taken out of. */
import type { Frame } from '../../pages/content.js';

/** @param day when somebody was taken out, or null */
export function alteredFact(day: string | null): Frame['facts'] {
  return day === null
    ? []
    : [{ label: 'Snapshot altered', value: `by forgetting on ${day}: its hash covers more than is kept` }];
}
