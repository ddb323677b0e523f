/** What `rollover check` says of the web service. */
import { expect, test } from 'vitest';
import { createStyle } from '../../cli/text/style.js';
import { renderWebService } from '../../cli/text/web-service.js';

const plain = createStyle(false);

test('none is no trouble, and says what follows', () => {
  for (const probe of [undefined, { configured: false, problems: [] }])
    expect(renderWebService(probe, plain)).toMatch(/^Web service {2}none: .*purged/);
});

test('one in order is one line', () => {
  expect(renderWebService({ configured: true, problems: [] }, plain)).toBe(
    'Web service  in order: what is made is seen at once',
  );
});

test('everything that is wrong is named', () => {
  const problems = [
    { what: 'missing-function', detail: 'core_course_update_categories' },
    { what: 'missing-capability', detail: 'moodle/category:manage' },
    { what: 'refused', detail: '' },
  ] as const;
  const text = renderWebService({ configured: true, problems }, plain);
  expect(text).toContain('  - the service lacks the function core_course_update_categories');
  expect(text).toContain('  - the account lacks the capability moodle/category:manage');
  expect(text).toContain('  - Moodle refuses the call\n'.trimEnd());
});
