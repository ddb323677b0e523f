/** What the course formats that we know bring with them (contract §3.1). */
import { branchOf } from './probe.js';
import type { MoodleSite } from './site.js';

export interface FormatFacts {
  /** Whether a course has sections besides section 0. */
  readonly sections: boolean;
  /** The forum that comes into being with the course. */
  readonly forum: 'news' | 'social' | null;
  /** Blocks that the course page starts with. */
  readonly blocks: readonly string[];
}

/** The social format makes its forum with the course since a version after 4.1; before, at the first visit. */
const FIRST_BRANCH_WITH_EAGER_SOCIAL_FORUM = 402;

/**
 * Facts of a format. One that we do not know gets no forum and no block: Moodle makes its announcements forum when
 * it first needs it.
 */
export function formatFacts(site: MoodleSite, format: string): FormatFacts {
  switch (format) {
    case 'topics':
    case 'weeks':
      return { sections: true, forum: 'news', blocks: [] };
    case 'singleactivity':
      return { sections: false, forum: null, blocks: [] };
    case 'social':
      return {
        sections: false,
        forum: branchOf(site) >= FIRST_BRANCH_WITH_EAGER_SOCIAL_FORUM ? 'social' : null,
        blocks: ['social_activities'],
      };
    default:
      return { sections: true, forum: null, blocks: [] };
  }
}
