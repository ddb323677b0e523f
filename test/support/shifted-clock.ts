/** The clock of a worker process as a test wants it: milliseconds beside the real one, read from a file again and again. */
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;

/** From now on `Date` is as far beside the real time as the file says; it need not exist. */
export function followClockFile(file: string): void {
  const RealDate = Date;
  let shiftMs = 0;
  const look = (): void => {
    try {
      shiftMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      shiftMs = 0; // nobody has moved the clock
    }
  };
  class ShiftedDate extends RealDate {
    constructor(...args: unknown[]) {
      if (args.length === 0) super(RealDate.now() + shiftMs);
      else super(...(args as [number]));
    }
    static override now(): number {
      return RealDate.now() + shiftMs;
    }
  }
  globalThis.Date = ShiftedDate as DateConstructor;
  look();
  setInterval(look, LOOK_EVERY_MS).unref();
}
