/**
 * A school's settings: decisions of the administrator, kept in the journal with their history, exchanged as YAML.
 * Connections and secrets are not here; they come from the configuration file and the environment.
 */
import type { SeasonLimits } from './guard.js';

/** KN's five provisioning options (guide: Moodle Configuration, per group type). */
export const provisioningOptions = [
  'always-disabled',
  'disabled',
  'enabled-non-sms',
  'enabled-sms',
  'enabled',
] as const;
export type ProvisioningOption = (typeof provisioningOptions)[number];

/** Course formats that we can write as Moodle does; others are refused by name. */
export const courseFormats = ['topics', 'weeks', 'singleactivity', 'social'] as const;
export type KnownCourseFormat = (typeof courseFormats)[number];

/** One of the four, or the name of another installed format whose option rows come from an existing course. */
export type CourseFormat = KnownCourseFormat | (string & Record<never, never>);

/** What happens to a linked class of which most students are new. */
export type ReusedCodeAnswer = 'continues' | 'new-course';

/** Days that a run's personal data are kept after its end, and in which it can be taken back, where the settings say none. */
export const RETENTION_DAYS = 200;
/** Days between suspending or hiding and the gate *deletion*, where the settings say none. */
export const GRACE_DAYS = 30;

/** KN's synchronisation switch. */
export const syncModes = ['disabled', 'enabled', 'snapshot-only'] as const;
export type SyncMode = (typeof syncModes)[number];

/** Fields that KN may own after creation: their changes in KN follow into Moodle (docs/planning.md). */
export const ownableFields = ['firstname', 'lastname', 'email', 'username', 'fullname'] as const;
export type OwnableField = (typeof ownableFields)[number];

/** What new courses of one group type look like. After creation these belong to Moodle. */
export interface GroupTypeSettings {
  readonly provisioning: ProvisioningOption;
  readonly format: CourseFormat;
  /** Sections besides section 0 (topics, weeks). Absent: Moodle's own default. */
  readonly numsections?: number;
  /** Activity of a `singleactivity` course. Default `forum`. */
  readonly activitytype?: string;
  /** Idnumber of an existing course whose format option rows are copied; needed for a format we do not know. */
  readonly optionsFrom?: string;
  readonly visible: boolean;
  /** Category path, parts separated by "/"; made if missing. `{year}` and `{type}` are filled in. */
  readonly category: string;
  /** `{name}`, `{code}`, `{type}`, `{year}` are filled in. */
  readonly fullname: string;
  /** Must contain `{code}`, so that it is unique. */
  readonly shortname: string;
  /** Local date, YYYY-MM-DD; midnight in `timeZone`. */
  readonly startDate: string;
  /** Local date; absent: no end date. */
  readonly endDate?: string;
  /** Default answer when a class code is used again; absent: a person answers per class. */
  readonly reusedCode?: ReusedCodeAnswer;
}

/** Whom a group provisioning rule concerns (KN: user type). */
export const ruleUserTypes = ['all', 'student', 'teacher'] as const;
export type RuleUserType = (typeof ruleUserTypes)[number];

/**
 * KN's Group Provisioning: who is of this type, this year level and a member of these classes becomes a member of the
 * target class. Rules add memberships and never take any away.
 */
export interface GroupProvisioningRule {
  /** Names the rule in previews and explanations; unique. */
  readonly name: string;
  readonly userType: RuleUserType;
  /** Year level as a number in text, e.g. "10"; absent: any. */
  readonly yearLevel?: string;
  /** External IDs of classes; a member of any of them is meant. Absent: membership does not matter. */
  readonly memberOf?: readonly string[];
  /** External ID of the class that is filled (a super-class). */
  readonly target: string;
  /** Off: only people new since the last applied snapshot. */
  readonly applyToExisting: boolean;
  /** Whether the classes of `memberOf` still get courses of their own. Absent: yes. */
  readonly provisionMembers?: boolean;
}

/** When removals may happen. holidays: outside the school's terms only. */
export const removalTimes = ['holidays', 'any-time'] as const;
export type RemovalTime = (typeof removalTimes)[number];

/** A term of the school, both days included; YYYY-MM-DD in the school's time zone. */
export interface SchoolTerm {
  readonly from: string;
  readonly to: string;
}

/** Guards where they differ from the defaults (docs/guards.md). */
export interface GuardsSettings {
  /** Year levels that may leave whole in a rollover. Absent: the highest that the school had. */
  readonly leavingYearLevels?: readonly string[];
  /** A scheduled run with more changes than this waits for a person. Absent: 100. */
  readonly unattendedAtMost?: number;
  readonly term?: SeasonLimits;
  readonly rollover?: SeasonLimits;
}

/** The school's year, for removals. */
export interface CalendarSettings {
  /** Absent: holidays. */
  readonly removals?: RemovalTime;
  /** Absent: the terms of New Zealand's state schools. */
  readonly terms?: readonly SchoolTerm[];
}

export interface SchoolSettings {
  /** IANA name. Default Pacific/Auckland. */
  readonly timeZone: string;
  /** The school year that new courses belong to, for `{year}`. */
  readonly year: number;
  readonly mode: SyncMode;
  readonly groupTypes: {
    readonly default: GroupTypeSettings;
    readonly named: Readonly<Record<string, GroupTypeSettings>>;
  };
  /** Class External ID → override; wins over the sheet's. */
  readonly classOverrides: Readonly<Record<string, 'enabled' | 'disabled'>>;
  /** Rules of our own, besides KN's (docs/settings.md). Absent: none. */
  readonly groupProvisioning?: readonly GroupProvisioningRule[];
  /** How often an *Enabled* synchronisation looks at its source, in minutes. Absent: 60. */
  readonly everyMinutes?: number;
  /** Days that personal data of ended runs are kept. Absent: RETENTION_DAYS. */
  readonly retentionDays?: number;
  /** Regular expression on External IDs: a match is SMS controlled, no match is not. Absent: the sheet alone tells. */
  readonly smsControlledPattern?: string;
  readonly users: {
    /** Moodle auth plugin of new accounts. */
    readonly auth: string;
    /** Whether a person without a usable e-mail address still gets an account. Absent: no, as in Moodle's own forms. */
    readonly withoutEmail?: boolean;
    /** Short name of Moodle's profile field that holds the National Student Number. Absent: there is none. */
    readonly nsnField?: string;
  };
  readonly ownedByKN: readonly OwnableField[];
  /** Whether Moodle's log gets the primary events of what we do. */
  readonly logEvents: boolean;
  /** Moodle username of the account that our changes are made as; absent: nobody (0). */
  readonly actor?: string;
  /** Absent: the defaults. */
  readonly guards?: GuardsSettings;
  /** Absent: the defaults. */
  readonly calendar?: CalendarSettings;
  /** What may be removed, mildly at first (docs/removals.md). All off in a rollover until the administrator allows it. */
  readonly deletion: {
    readonly users: boolean;
    readonly enrolments: boolean;
    readonly courses: "don't-delete" | 'hide' | 'delete';
    /**
     * Whether accounts and enrolments that were suspended are deleted for good after the grace period; courses are
     * where `courses` says delete. Absent: no.
     */
    readonly forGood?: boolean;
    /** Days between suspending or hiding and the gate *deletion*. Absent: GRACE_DAYS. */
    readonly graceDays?: number;
    /** Whether a second account must approve a deletion. Absent: no. */
    readonly secondPerson?: boolean;
  };
}
