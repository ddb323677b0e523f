/** Who else writes people and enrolments into a Moodle, by its own configuration. Pure [T44]. */

export interface SecondWriter {
  /** Moodle's own name of the plugin: "enrol_database". */
  readonly plugin: string;
  readonly why: string;
  readonly mend: string;
}

export interface ScheduledTask {
  readonly component: string;
  readonly classname: string;
  readonly enabled: boolean;
}

export interface WriterFacts {
  /** `enrol_plugins_enabled`. */
  readonly enrolPlugins: readonly string[];
  /** `auth`: enabled besides manual, which always is. */
  readonly authPlugins: readonly string[];
  /** Null: not known. */
  readonly tasks: readonly ScheduledTask[] | null;
  /** Enrolment plugin → courses that use it by an enabled method. */
  readonly coursesByMethod: ReadonlyMap<string, number>;
}

/** Enrolment plugins that follow a source of their own: one that knows other members than KN takes ours away. */
const ownSource: Readonly<Record<string, string>> = {
  database: 'enrols and suspends people from another database when they log in, and by its task',
  ldap: 'enrols and unenrols people from a directory when they log in, and by its task',
  flatfile: 'enrols and unenrols people from a file that it watches',
  imsenterprise: 'makes and deletes accounts, courses and enrolments from an IMS file',
  lmb: 'makes and changes accounts, courses and enrolments from Banner',
  oneroster: 'makes and changes accounts, courses and enrolments from a OneRoster server',
};

/** Enrolment plugins that act in the courses where somebody added them. */
const inCourses: Readonly<Record<string, string>> = {
  cohort: 'enrols and unenrols the members of cohorts',
  meta: 'copies enrolments and roles from other courses, ours too',
  category: 'enrols people by their roles in categories',
};

/** Logins whose scheduled task makes, changes and suspends accounts. */
const syncingLogins: readonly string[] = ['db', 'ldap', 'cas'];

function inWords(courses: number): string {
  return courses === 1 ? '1 course' : `${courses} courses`;
}

/** Whether a component's synchronisation is switched on; null: not known. */
function syncs({ tasks }: WriterFacts, component: string): boolean | null {
  if (tasks === null) return null;
  return tasks.some(
    (task) => task.component === component && /sync|cron_task/i.test(task.classname) && task.enabled,
  );
}

const taskWords = (on: boolean | null): string => {
  if (on === null) return 'whether its scheduled task runs is not known';
  return on ? 'its scheduled task is on' : 'its scheduled task is off';
};

function enrolWriters(facts: WriterFacts): SecondWriter[] {
  return facts.enrolPlugins.flatMap((name): SecondWriter[] => {
    const plugin = `enrol_${name}`;
    const source = ownSource[name];
    if (source !== undefined)
      return [
        {
          plugin,
          why: `It is enabled and ${source}; ${taskWords(syncs(facts, plugin))}.`,
          mend: 'Disable it under "Manage enrol plugins", or leave the courses that it fills out of the provisioning.',
        },
      ];
    const courses = facts.coursesByMethod.get(name) ?? 0;
    const act = inCourses[name];
    if (act === undefined || courses === 0) return [];
    return [
      {
        plugin,
        why: `It ${act} in ${inWords(courses)}; what it made is not ours and stays.`,
        mend: 'Check that no class of KnowledgeNET is filled by it as well.',
      },
    ];
  });
}

function authWriters(facts: WriterFacts): SecondWriter[] {
  return syncingLogins.flatMap((name): SecondWriter[] => {
    const plugin = `auth_${name}`;
    const on = syncs(facts, plugin);
    // Without its task it only lets people log in.
    if (!facts.authPlugins.includes(name) || on === false) return [];
    return [
      {
        plugin,
        why: `It is enabled and may make, change and suspend accounts; ${taskWords(on)}.`,
        mend: 'Disable its synchronisation under "Scheduled tasks", or let KnowledgeNET own no field that it writes.',
      },
    ];
  });
}

/** Microsoft 365: people log in by auth_oidc, accounts are written by the tasks of local_o365. */
function microsoftWriter(facts: WriterFacts): SecondWriter[] {
  if (syncs(facts, 'local_o365') !== true) return [];
  const login = facts.authPlugins.includes('oidc') ? ' for people who log in by auth_oidc' : '';
  return [
    {
      plugin: 'local_o365',
      why: `Its scheduled synchronisation is on: it may make, change and suspend accounts${login}.`,
      mend: 'Look at its user synchronisation options, and switch off creating and suspending accounts.',
    },
  ];
}

/**
 * Names the plugins that would fight us. What is merely installed, or enabled without doing anything, is not named. A
 * person's upload of a file (tool_uploaduser) is no second writer: it is over when it is done.
 */
export function judgeSecondWriters(facts: WriterFacts): SecondWriter[] {
  return [...enrolWriters(facts), ...authWriters(facts), ...microsoftWriter(facts)];
}
