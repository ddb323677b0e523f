/** The functions of Moodle that delete for good. None is sent twice by itself: who calls settles what is not known. */
import { z } from 'zod';
import type { WebService } from '../../configuration/web-service.js';
import { RolloverError } from '../../model/errors.js';
import { readErrorCode } from './answer.js';
import { callFunction, type CallOptions } from './client.js';

/** Function and capabilities per kind (docs/web-services.md). */
export const deletionNeeds = {
  user: { function: 'core_user_delete_users', capabilities: ['moodle/user:delete'] },
  course: {
    function: 'core_course_delete_courses',
    capabilities: ['moodle/course:delete', 'moodle/course:view', 'moodle/course:viewhiddencourses'],
  },
  enrolment: {
    function: 'enrol_manual_unenrol_users',
    capabilities: ['enrol/manual:unenrol', 'moodle/course:view', 'moodle/course:viewhiddencourses'],
  },
} as const;

/** All of them or none: one transaction. @throws RolloverError WebServiceRefused, WebServiceUnavailable */
export async function deleteUsers(
  service: WebService,
  ids: readonly number[],
  options: CallOptions = {},
): Promise<void> {
  await callFunction(service, deletionNeeds.user.function, { userids: [...ids] }, options);
}

const warnings = z.object({
  warnings: z
    .array(z.object({ itemid: z.number().optional(), warningcode: z.string().optional() }))
    .default([]),
});

/** Each by itself. Returns Moodle's codes of those that it refused. */
export async function deleteCourses(
  service: WebService,
  ids: readonly number[],
  options: CallOptions = {},
): Promise<Map<number, string>> {
  const name = deletionNeeds.course.function;
  const parsed = warnings.safeParse(await callFunction(service, name, { courseids: [...ids] }, options));
  if (!parsed.success)
    throw new RolloverError('WebServiceUnavailable', `Moodle's answer to ${name} is not the one we know.`, {
      function: name,
    });
  return new Map(
    parsed.data.warnings.flatMap(({ itemid, warningcode }) =>
      itemid === undefined ? [] : [[itemid, readErrorCode({ errorcode: warningcode })] as const],
    ),
  );
}

/** All of them or none: one transaction. */
export async function unenrolUsers(
  service: WebService,
  enrolments: readonly { readonly userId: number; readonly courseId: number }[],
  options: CallOptions = {},
): Promise<void> {
  const parameters = enrolments.map(({ userId, courseId }) => ({ userid: userId, courseid: courseId }));
  await callFunction(service, deletionNeeds.enrolment.function, { enrolments: parameters }, options);
}
