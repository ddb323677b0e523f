/** Pause and resume by message. What counts is the brake in the journal, read by every batch. */
import { log, setHandler } from '@temporalio/workflow';
import type { Brake } from '../data/journal/targets.js';
import { quick } from './activities-proxy.js';
import { pauseRequested, resumeRequested } from './messages.js';

/** Longest account id that the journal keeps. */
const LONGEST_ACCOUNT = 64;

/** Reads a word that anybody may have typed into Temporal UI. */
function readWord(raw: unknown): { readonly by: string; readonly alreadySet: boolean } {
  const { by, alreadySet } = (raw ?? {}) as { by?: unknown; alreadySet?: unknown };
  return {
    by: typeof by === 'string' ? by.slice(0, LONGEST_ACCOUNT) : 'unknown',
    alreadySet: alreadySet === true,
  };
}

/**
 * Registers `pauseRequested` and `resumeRequested`: each sets the brake, unless the sender has done so already, and then
 * shows it. Words are followed in their order, so that the last one holds. Call it before the first await of a workflow.
 */
export function listenToBrake(school: string, show: (paused: boolean) => void): void {
  let last = Promise.resolve();
  const follow = (brake: Brake, raw: unknown): Promise<void> => {
    const { by, alreadySet } = readWord(raw);
    last = last.then(async () => {
      try {
        if (!alreadySet) await quick.setBrake({ school, brake, by });
        show(brake === 'pause');
      } catch {
        // its failure is in the history; a run does not fail because of a word, and does not show what is not so
        log.error('The brake could not be set');
      }
    });
    return last;
  };
  setHandler(pauseRequested, (raw: unknown) => follow('pause', raw), {
    description: 'Stop writing to Moodle after the batch under way: {"by"}',
  });
  setHandler(resumeRequested, (raw: unknown) => follow('go', raw), {
    description: 'Go on after a pause: {"by"}',
  });
}
