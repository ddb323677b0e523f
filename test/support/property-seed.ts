/**
 * One seed for all property tests of a run, so that a result can be repeated: `ROLLOVER_PROPERTY_SEED` takes another,
 * `random` a new one each time.
 */
import fc from 'fast-check';

const given = process.env['ROLLOVER_PROPERTY_SEED'] ?? '2027';

if (given !== 'random') fc.configureGlobal({ seed: Number(given) });
