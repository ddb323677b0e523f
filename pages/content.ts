/** What pages show. Gathered by the command line; plain data, so that a page can be rendered from anything. */

/** A list of which a page may show only the beginning. */
export interface Bounded<T> {
  readonly items: readonly T[];
  readonly total: number;
  /** Prints all of it. */
  readonly command: string;
}

/** A name and a value, for the box of particulars. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface NamedHash {
  readonly label: string;
  readonly hash: string;
}

/** What a person can type. */
export interface Command {
  readonly what: string;
  readonly command: string;
}

/** Something waits for an answer. */
export interface Waits {
  readonly kind: 'waits';
  readonly gate: string;
  readonly question: string;
  readonly checklist: readonly string[];
  /** Already in local time. */
  readonly since: string;
  readonly hash: string;
  readonly answers: readonly Command[];
  /** Why approving is refused, or null. */
  readonly blocked: string | null;
}

/** Nothing waits here; the sentence says why. */
export interface Settled {
  readonly kind: 'settled';
  readonly sentence: string;
}

export type Decision = Waits | Settled;

/** A guard that holds the plan, in words. */
export interface GuardLine {
  readonly text: string;
  readonly cause: string;
  readonly examples: readonly string[];
}

/** What every page begins and ends with. */
export interface Frame {
  readonly school: string;
  /** Local time at which the page was made. */
  readonly madeAt: string;
  readonly facts: readonly Fact[];
  readonly hashes: readonly NamedHash[];
  readonly decision: Decision;
  /** Commands that show the same for programs, or more of it. */
  readonly commands: readonly Command[];
}

/** A person as the source names him or her. */
export interface PersonRef {
  readonly id: string;
  /** Empty when the source no longer has the person. */
  readonly name: string;
  readonly type: 'student' | 'teacher' | null;
  /** '' = none. */
  readonly yearLevel: string;
}

/** A class as the source names it. */
export interface ClassRef {
  readonly id: string;
  readonly name: string;
  readonly groupType: string;
}

/** A person whose enrolment in a class changes. */
export interface Member {
  readonly person: PersonRef;
  /** What happens to the enrolment where that is not a new one. */
  readonly doing: string | null;
  /** What became of it where that is not as planned. */
  readonly mark: string | null;
}

/** A class of the plan: what becomes of its course, who comes into it. */
export interface ClassView {
  readonly class: ClassRef;
  readonly course: string;
  readonly detail: string;
  readonly teachers: Bounded<Member>;
  readonly students: Bounded<Member>;
  readonly problems: readonly string[];
}

/** A person of the plan. */
export interface PersonView {
  readonly person: PersonRef;
  readonly account: string;
  readonly detail: string;
  /** Classes in which the person's enrolment changes. */
  readonly classes: readonly { readonly id: string; readonly doing: string | null }[];
  readonly problems: readonly string[];
}

/** The same plan from three sides. */
export interface Views {
  readonly classes: Bounded<ClassView>;
  readonly teachers: Bounded<PersonView>;
  readonly students: Bounded<PersonView>;
}

/** One bar of a plot. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Colour only; the words say it too. */
  readonly tone: 'plain' | 'good' | 'careful' | 'bad';
  readonly note?: string;
}

/** One thing of a list, in words. */
export interface Item {
  readonly what: string;
  /** Whom or what it is about. */
  readonly name: string;
  readonly id: string;
  readonly detail: string;
}

/** Things that have one cause. */
export interface Cause {
  readonly code: string;
  readonly level: string;
  readonly tone: Bar['tone'];
  readonly what: string;
  /** How it is mended; '' where the page cannot say. */
  readonly mend: string;
  readonly items: Bounded<Item>;
}
