/** The ways of the product that are disturbed. Each starts from a state that another one ended in. */
import { createHash } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { insertBackup } from '../../data/journal/backups.js';
import { storeSettings } from '../../data/journal/settings.js';
import { selectRuns } from '../../data/journal/runs.js';
import { insertUndoWish } from '../../data/journal/undo-wishes.js';
import { storeUpload } from '../../data/journal/uploads.js';
import type { OpenGate } from '../../data/model/gate.js';
import type { SchoolSettings } from '../../data/model/settings.js';
import { settingsHash } from '../../data/settings/hash.js';
import { settingsInForce } from '../../data/stages/settings-in-force.js';
import { nextYear, sampleSchool, type SampleSchool } from '../../embedded/sample-school.js';
import { toWorkbook } from '../../embedded/sample-school/write.js';
import {
  graceAnswered,
  planAgain,
  rolloverWorkflowId,
  syncWorkflowId,
  undoWorkflowId,
  type ApplyTuning,
} from '../../workflows/messages.js';
import { rollover, sync, undo } from '../../workflows/index.js';
import { SCHOOL, TASK_QUEUE, type Stand } from './stand.js';

export interface Passage {
  readonly name: string;
  /** The passage whose end it starts from; null: an empty Moodle. */
  readonly from: string | null;
  /** It calls Moodle's web services. */
  readonly webService?: boolean;
  /** Brings what it works on; the world is still sound. */
  prepare(stand: Stand): Promise<void>;
  /** Starts the workflow. Again after it was stopped: it begins anew with the same. */
  start(stand: Stand): Promise<WorkflowHandle>;
  /** What is done at a gate before it is approved; false: it is not to be approved as it is. Repeatable. */
  atGate?(stand: Stand, handle: WorkflowHandle, open: OpenGate): Promise<boolean>;
}

/** Small batches and slices, so that there are many places to be hit; deaths are noticed early. */
const tuning: ApplyTuning = {
  batch: { user: 15, course: 5, enrolment: 40, category: 5 },
  sliceMs: 500,
  heartbeatMs: 3_000,
  retryMs: 1_000,
  unansweredMs: 2_000,
};

const STUDENTS = 60;
const lastYear = sampleSchool({ seed: 'faults', year: 2027, students: STUDENTS });
const thisYear = nextYear(lastYear);

async function upload(stand: Stand, school: SampleSchool): Promise<number> {
  const bytes = toWorkbook(school, 'xlsx');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return storeUpload(stand.journal(), {
    files: [{ name: 'kn.xlsx', bytes }],
    sha256,
    originalSha256: sha256,
    reading: 'complete',
    passwordsFound: 0,
    sealed: [],
    uploadedBy: 'test',
  });
}

function rollingOver(name: string, from: string | null, school: SampleSchool): Passage {
  const uploads = new WeakMap<Stand, number>();
  return {
    name,
    from,
    async prepare(stand) {
      uploads.set(stand, await upload(stand, school));
    },
    start: (stand) =>
      stand.temporal.client.workflow.start(rollover, {
        taskQueue: TASK_QUEUE,
        workflowId: rolloverWorkflowId(SCHOOL, school.year),
        args: [
          {
            school: SCHOOL,
            year: school.year,
            uploadId: uploads.get(stand) ?? null,
            startedBy: 'admin',
            tuning,
          },
        ],
      }),
  };
}

/** The administrator allows removals when the gate is seen for the first time, has them planned again, and lets no time pass. */
function allowing(deletion: SchoolSettings['deletion']): NonNullable<Passage['atGate']> {
  return async (stand, handle, open) => {
    if (open.gate === 'deletion') await nameDump(stand);
    if (open.gate !== 'removals' || open.opening > 1) return true;
    await allow(stand, deletion);
    await handle.signal(planAgain, { by: 'admin' });
    if (deletion.forGood === true) await handle.signal(graceAnswered, { by: 'admin', keep: false });
    return false;
  };
}

/** Deleting for good wants a dump that is younger than a day. */
async function nameDump(stand: Stand): Promise<void> {
  const none = {
    file: null,
    bytes: null,
    sha256: null,
    moodleDatabase: null,
    serverVersion: null,
    rowCounts: null,
  };
  await insertBackup(stand.journal(), {
    kind: 'elsewhere',
    statement: 'on tape',
    takenAt: new Date(Date.now() - 3_600_000),
    by: 'admin',
    ...none,
  });
}

async function allow(stand: Stand, deletion: SchoolSettings['deletion']): Promise<void> {
  const journal = stand.journal();
  const { settings } = await settingsInForce(journal);
  const allowed: SchoolSettings = { ...settings, calendar: { removals: 'any-time' }, deletion };
  await storeSettings(journal, allowed, settingsHash(allowed), 'admin');
}

/** Who was suspended and what was hidden is back in KnowledgeNET; who was new is not there any more. */
function comingBack(name: string, from: string, school: SampleSchool): Passage {
  const uploads = new WeakMap<Stand, number>();
  return {
    name,
    from,
    async prepare(stand) {
      uploads.set(stand, await upload(stand, school));
    },
    start: (stand) =>
      stand.temporal.client.workflow.start(sync, {
        taskQueue: TASK_QUEUE,
        workflowId: syncWorkflowId(SCHOOL),
        args: [{ school: SCHOOL, uploadId: uploads.get(stand) ?? null, startedBy: 'admin', tuning }],
      }),
  };
}

/** The last run is taken back, all of it. */
function takingBack(name: string, from: string): Passage {
  const wishes = new WeakMap<Stand, { readonly wishId: number; readonly runId: number }>();
  return {
    name,
    from,
    async prepare(stand) {
      const journal = stand.journal();
      const runId = (await selectRuns(journal, 1))[0]?.id ?? 0;
      const wish = { undoneRunId: runId, scope: { kind: 'whole' } } as const;
      wishes.set(stand, { runId, wishId: await insertUndoWish(journal, wish, 'admin') });
    },
    start: (stand) => {
      const { runId, wishId } = wishes.get(stand) ?? { runId: 0, wishId: 0 };
      return stand.temporal.client.workflow.start(undo, {
        taskQueue: TASK_QUEUE,
        workflowId: undoWorkflowId(SCHOOL, runId),
        args: [{ school: SCHOOL, wishId, startedBy: 'admin', tuning }],
      });
    },
  };
}

export const passages: readonly Passage[] = [
  rollingOver('first-year', null, lastYear),
  rollingOver('second-year', 'first-year', thisYear),
  {
    ...rollingOver('removals', 'first-year', thisYear),
    atGate: allowing({ users: true, enrolments: true, courses: 'hide' }),
  },
  comingBack('comeback', 'removals', lastYear),
  {
    ...rollingOver('deletion', 'first-year', thisYear),
    webService: true,
    atGate: allowing({ users: true, enrolments: true, courses: 'delete', forGood: true }),
  },
  takingBack('undo', 'second-year'),
  takingBack('undo-removals', 'removals'),
];
