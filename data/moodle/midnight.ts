/** Local calendar days as unix seconds, right on days when clocks change. */

interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/** What a clock on the wall shows. */
function wallTime(unixSeconds: number, zone: string): WallTime {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(unixSeconds * 1000)
      .map(({ type, value }) => [type, Number(value)]),
  );
  return {
    year: parts['year'] ?? 0,
    month: parts['month'] ?? 0,
    day: parts['day'] ?? 0,
    hour: parts['hour'] ?? 0,
    minute: parts['minute'] ?? 0,
    second: parts['second'] ?? 0,
  };
}

/** The wall time read as if it were UTC; days beyond a month's end run over. */
function asUtc({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
}

/**
 * Unix seconds of a wall time. One that the clock skips is the first moment after the gap; one that it shows twice
 * is the first of the two.
 */
function atWallTime(wall: WallTime, zone: string): number {
  const wanted = asUtc(wall);
  // A zone's offset is less than a day, so the offsets a day before and after cover every change near by.
  const offsets = [wanted - 86_400, wanted + 86_400].map((near) => asUtc(wallTime(near, zone)) - near);
  const exact = offsets
    .map((offset) => wanted - offset)
    .filter((moment) => asUtc(wallTime(moment, zone)) === wanted);
  if (exact.length > 0) return Math.min(...exact);
  // In the gap: the clock went from the smaller offset to the larger one.
  const before = Math.min(...offsets);
  const after = Math.max(...offsets);
  return firstMomentAfterGap(wanted - after, wanted - before, zone);
}

/** Between two moments with different offsets, the first one with the later offset. */
function firstMomentAfterGap(from: number, to: number, zone: string): number {
  const offsetAt = (moment: number): number => asUtc(wallTime(moment, zone)) - moment;
  const early = offsetAt(from);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === early) low = middle;
    else high = middle;
  }
  return high;
}

/** Unix seconds of the start of a local day. `date` is YYYY-MM-DD, `zone` an IANA name. */
export function localMidnight(date: string, zone: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return atWallTime({ year, month, day, hour: 0, minute: 0, second: 0 }, zone);
}

/** The same wall time some calendar days later. */
export function addLocalDays(unixSeconds: number, days: number, zone: string): number {
  const wall = wallTime(unixSeconds, zone);
  const moved = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days));
  return atWallTime(
    { ...wall, year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate() },
    zone,
  );
}

/** The local day of a moment, YYYY-MM-DD. */
export function localDay(unixSeconds: number, zone: string): string {
  const { year, month, day } = wallTime(Math.floor(unixSeconds), zone);
  return [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(
    '-',
  );
}
