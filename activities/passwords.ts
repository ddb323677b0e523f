/** Passwords of users to be created: opened after approval only. */
import { deleteExpiredPasswords } from '../data/journal/passwords.js';
import { hashPlanPasswords, type HashedPasswords } from '../data/stages/hash-passwords.js';
import type { ActivityContext } from './context.js';
import { alive } from './heartbeats.js';

export function passwordActivities(context: ActivityContext) {
  return {
    /** Hashes what is not hashed yet. Without a key there is nothing to open. */
    async hashPasswords(input: {
      school: string;
      planId: number;
      uploadId: number;
    }): Promise<HashedPasswords> {
      let done = 0;
      return alive(
        async (signal) => {
          const school = await context.open(input.school);
          await deleteExpiredPasswords(school.journal);
          if (context.passwordKey === null) return { hashed: 0, refused: 0 };
          return hashPlanPasswords(
            school,
            context.passwordKey,
            input.planId,
            input.uploadId,
            signal,
            (count) => (done = count),
          );
        },
        () => ({ hashed: done }),
      );
    },
  };
}
