/** The verbs, in the order in which help shows them. */
import type { Verb } from '../verb.js';
import { approve, reject } from './decide.js';
import { snapshotVerb } from './snapshot.js';
import { startVerb } from './start.js';
import { status } from './status.js';
import { worker } from './worker.js';

export const verbs: readonly Verb[] = [snapshotVerb, startVerb, status, approve, reject, worker];
