/** Whether Moodle's lists will be renewed after a run, as text. Pure. */
import { deletionNeeds } from '../../data/moodle/webservice/deletions.js';
import type { WebServiceProbe, WebServiceProblem } from '../../data/moodle/webservice/preflight.js';
import { printable } from './format.js';
import type { Style } from './style.js';

const sentences: Readonly<Record<WebServiceProblem['what'], (detail: string) => string>> = {
  unreachable: () => "Moodle's web address gives no answer",
  refused: (code) => `Moodle refuses the call${code === '' ? '' : ` (${code})`}`,
  'another-site': (release) => `the web address belongs to another Moodle than the database (${release})`,
  'another-address': (address) => `Moodle calls itself ${address}: configure that address`,
  'missing-function': (name) => `the service lacks the function ${name}`,
  'missing-capability': (name) => `the account lacks the capability ${name}`,
};

const forDeleting: ReadonlySet<string> = new Set(
  Object.values(deletionNeeds).flatMap((needs) => [needs.function, ...needs.capabilities]),
);

/** What does not work because of it. */
function consequence(problems: readonly WebServiceProblem[]): string {
  return problems.every(({ detail }) => forDeleting.has(detail))
    ? 'Web service: nothing can be deleted for good (docs/deletion.md)'
    : "Web service: Moodle's lists will not be renewed after a run (docs/web-services.md)";
}

/** One line, and one for everything that is wrong. It never stops a run, so it is no "not ready". */
export function renderWebService(probe: WebServiceProbe | undefined, style: Style): string {
  if (probe === undefined || !probe.configured)
    return "Web service  none: new categories are seen after Moodle's caches are purged (docs/web-services.md)";
  if (probe.problems.length === 0)
    return `Web service  ${style.good('in order: what is made is seen at once')}`;
  return [
    style.careful(consequence(probe.problems)),
    ...probe.problems.map(({ what, detail }) => `  - ${printable(sentences[what](detail))}`),
  ].join('\n');
}
