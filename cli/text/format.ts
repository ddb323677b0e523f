/** Numbers, times, hashes and values as an administrator reads them. */
export { count, countOf, shortHash } from '../../pages/format.js';
import { count } from '../../pages/format.js';

/** Said beside the hash of a snapshot that a person was taken out of; nothing for any other. */
export function alteredWords(day: string | null): string {
  return day === null ? '' : `  (altered by forgetting on ${day}: the hash covers more than is kept)`;
}

/** Journal times are UTC without a mark ("2027-01-05 01:03:00.123"); ISO times carry theirs. */
export function toIso(time: string): string {
  return /[zZ]|[+-]\d\d:?\d\d$/.test(time) ? time : `${time.replace(' ', 'T')}Z`;
}

/** Local date and minute: "2027-01-05 14:03". */
export function when(time: string): string {
  const date = new Date(toIso(time));
  if (Number.isNaN(date.getTime())) return time;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** C0 and C1 controls, and marks that turn the direction of text: a workbook must not steer a terminal. */
const steering = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A value of the source, safe to print on one line. */
export function printable(value: string): string {
  return value.replace(steering, (character) => (/\s/.test(character) ? ' ' : '\ufffd'));
}

/** At most `limit` characters, the last one saying that there is more. */
export function clip(text: string, limit: number): string {
  const characters = [...text];
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

const BAR = 24;

/** "[######··············] 30 %  9 of 30". */
export function progressBar(done: number, total: number): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.floor(share * BAR);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}`;
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${count(done)} of ${count(total)}`;
}
