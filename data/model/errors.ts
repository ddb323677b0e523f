/**
 * Every failure this product can name, in one place.
 *
 * A code is API: it is printed by the CLI, it is the `type` of Temporal's ApplicationFailure, and it is what
 * retry policies name. Messages hold ids of our own, counts and codes only: never a person's name, login,
 * e-mail or External ID, because messages reach histories and logs.
 */
const registry = {
  // The source
  SourceUnreadable: {
    exit: 3,
    retry: false,
    mend: 'Export the workbook again from KnowledgeNET and upload that file.',
  },
  SourceEncrypted: {
    exit: 3,
    retry: false,
    mend: 'Save the workbook without a password and upload it again.',
  },
  SourceTooLarge: {
    exit: 3,
    retry: false,
    mend: 'Check that this is the right file; raise the limit in the configuration if it is.',
  },
  SourceEncoding: { exit: 3, retry: false, mend: 'Save the file as "CSV UTF-8" and upload it again.' },
  SourceIncomplete: {
    exit: 3,
    retry: false,
    mend: 'Export the workbook again and upload the complete file.',
  },
  MissingKeyColumn: { exit: 3, retry: false, mend: 'Restore the header row as KnowledgeNET exported it.' },
  SourceUnavailable: {
    exit: 5,
    retry: true,
    mend: "Check that KnowledgeNET's database runs and can be reached; the reading starts anew by itself.",
  },
  SourceViews: {
    exit: 3,
    retry: false,
    mend: 'Make the views as docs/knowledgenet-database.md describes them, with the right to read them.',
  },
  SourceNotConfigured: {
    exit: 2,
    retry: false,
    mend: 'Name the source under schools.CODE.knowledgenet in the configuration, or upload a workbook.',
  },
  UploadNotFound: { exit: 3, retry: false, mend: 'Upload the workbook again.' },
  SnapshotNotFound: { exit: 3, retry: false, mend: 'Read the source again.' },
  // Settings and configuration
  ConfigInvalid: {
    exit: 2,
    retry: false,
    mend: 'Correct the configuration file; rollover.example.yaml describes every key.',
  },
  SettingsInvalid: {
    exit: 2,
    retry: false,
    mend: 'Correct the settings; `rollover settings show` prints the ones in force.',
  },
  SchoolUnknown: { exit: 2, retry: false, mend: 'Name a school of the configuration file.' },
  UsageInvalid: { exit: 2, retry: false, mend: 'See `rollover help`.' },
  // Moodle
  MoodleUnsupported: {
    exit: 4,
    retry: false,
    mend: 'See docs/moodle-writes.md for the versions that are proven.',
  },
  MoodleNotAccepted: {
    exit: 4,
    retry: false,
    mend: 'Let the person in charge accept this version: `rollover check --accept-version`.',
  },
  MoodlePrivileges: { exit: 4, retry: false, mend: 'Grant the rights that docs/moodle-writes.md lists.' },
  MoodleRestored: {
    exit: 4,
    retry: false,
    mend: 'See what is gone and let the journal follow this Moodle: `rollover relink`.',
  },
  MoodleBusy: { exit: 4, retry: false, mend: 'Finish the upgrade or maintenance of Moodle first.' },
  WebServiceUnavailable: {
    exit: 5,
    retry: true,
    mend: "Check that Moodle's web address answers; it is tried again.",
  },
  WebServiceRefused: {
    exit: 4,
    retry: false,
    mend: 'Set up the web service user and its token as docs/web-services.md describes.',
  },
  DatabaseUnavailable: {
    exit: 5,
    retry: true,
    mend: 'Check that the database server runs and can be reached.',
  },
  DatabaseFull: {
    exit: 5,
    retry: true,
    mend: 'Make room on the disk of the database server; it goes on by itself.',
  },
  LockContention: { exit: 5, retry: true, mend: 'Nothing: it is tried again.' },
  // Apply
  Paused: { exit: 6, retry: true, mend: 'Go on when you are ready: `rollover resume`.' },
  Fenced: { exit: 5, retry: true, mend: 'Nothing: another worker has taken over.' },
  TargetHeld: { exit: 6, retry: false, mend: 'Wait for the other run to end, or cancel it.' },
  PlanNotFound: { exit: 6, retry: false, mend: 'Plan again.' },
  PlanAltered: {
    exit: 6,
    retry: false,
    mend: 'Plan again: the stored plan is not the one that was approved.',
  },
  GradeLoss: {
    exit: 6,
    retry: false,
    mend: 'Look at what is named in the report, then take the run back: `rollover undo`.',
  },
  VerificationFailed: { exit: 6, retry: false, mend: 'Read the report; plan again.' },
  ModeDisabled: {
    exit: 6,
    retry: false,
    mend: 'Set the synchronisation mode first: `rollover settings set mode enabled`.',
  },
  // Decisions
  GateNotOpen: { exit: 7, retry: false, mend: 'See `rollover status` for what waits.' },
  StaleDecision: { exit: 7, retry: false, mend: 'Look at what waits now and decide again.' },
  AlreadyDecided: { exit: 7, retry: false, mend: 'Nothing: the first decision holds.' },
  NoReading: { exit: 7, retry: false, mend: "Upload this year's workbook first: `rollover snapshot FILE`." },
  BackupMissing: {
    exit: 7,
    retry: false,
    mend: 'Make one with `rollover backup`, or decide without one: `rollover approve --no-backup`.',
  },
  GuardExceeded: {
    exit: 7,
    retry: false,
    mend: 'Look at the numbers that are more than usual; if they are meant: `rollover approve --beyond-usual`.',
  },
  CountsDiffer: {
    exit: 7,
    retry: false,
    mend: 'Type the numbers of users, courses and enrolments that the gate lists.',
  },
  SecondPersonMissing: {
    exit: 7,
    retry: false,
    mend: 'Another account must approve the same, with `rollover approve`.',
  },
  ProtectedTime: {
    exit: 7,
    retry: false,
    mend: 'Wait until the protected time is over, or change the calendar in the settings.',
  },
  BlockingFindings: {
    exit: 7,
    retry: false,
    mend: 'Mend what stops the run in KnowledgeNET, or settle it, and read again.',
  },
  RunNotUndoable: {
    exit: 8,
    retry: false,
    mend: 'See `rollover report` for what can still be undone, and until when.',
  },
  RunNotFound: { exit: 8, retry: false, mend: 'Start one: `rollover start`.' },
  RunCompleted: {
    exit: 8,
    retry: false,
    mend: 'A completed year is not started again; use `rollover sync`.',
  },
  DeletionNotFound: { exit: 8, retry: false, mend: 'A list is made by a run, after the grace period.' },
  BackupFailed: { exit: 5, retry: false, mend: 'Mend what is named, then run `rollover backup` again.' },
  BackupNotFound: { exit: 8, retry: false, mend: 'See `rollover backup list`.' },
  SubjectNotFound: {
    exit: 8,
    retry: false,
    mend: 'Name a person or class by its External ID in KnowledgeNET.',
  },
  NotificationFailed: {
    exit: 5,
    retry: true,
    mend: 'Check the mail server or webhook of the configuration.',
  },
  PayloadSealed: {
    exit: 5,
    retry: false,
    mend: 'Put the key that is named back under encryption.keyFiles.',
  },
  WorkerUnavailable: { exit: 5, retry: true, mend: 'Start a worker: `rollover worker`.' },
  TemporalUnavailable: { exit: 5, retry: true, mend: 'Check that Temporal runs and the address is right.' },
  ProgramMissing: { exit: 9, retry: false, mend: 'Install what is named, then run the command again.' },
  Interrupted: { exit: 130, retry: false, mend: 'Nothing: run the command again.' },
  Internal: { exit: 1, retry: false, mend: 'This is a fault of ours; report it with its code.' },
} as const satisfies Record<string, { exit: number; retry: boolean; mend: string }>;

/** A failure's name. Stable: printed, compared, and used as ApplicationFailure type. */
export type ErrorCode = keyof typeof registry;

/** All codes, for documentation and for tests that every one is described. */
export const errorCodes = Object.keys(registry) as ErrorCode[];

/** Codes of failures that waiting cannot mend; Temporal must not retry them. */
export const nonRetryableCodes: ErrorCode[] = errorCodes.filter((code) => !registry[code].retry);

/** An error whose cause and way out are known. `message` is one sentence without personal data. */
export class RolloverError extends Error {
  readonly code: ErrorCode;
  /** Counts, ids of ours, names of columns or tables; no personal data. */
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Record<string, string | number | boolean> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RolloverError';
    this.code = code;
    this.details = details;
  }

  /** What the reader can do about it, one sentence. */
  get mend(): string {
    return registry[this.code].mend;
  }

  /** Exit code of a CLI that ends with this error. */
  get exitCode(): number {
    return registry[this.code].exit;
  }

  /** Whether time alone can mend it. */
  get retryable(): boolean {
    return registry[this.code].retry;
  }
}

/** Whether a string is one of our codes (failures come back from Temporal as strings). */
export function isErrorCode(value: string | undefined | null): value is ErrorCode {
  return value !== undefined && value !== null && value in registry;
}

/** The way out for a code. */
export function mendOf(code: ErrorCode): string {
  return registry[code].mend;
}

/** The CLI's exit code for a code. */
export function exitCodeOf(code: ErrorCode): number {
  return registry[code].exit;
}
