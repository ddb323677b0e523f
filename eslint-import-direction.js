/**
 * The rule that holds the architecture: which folder may import what.
 *
 * Imports point one way: data ← activities ← workers; workflows take types from activities; the command line
 * talks to workflows through their messages and to data, never to activities; nothing imports tests. Within data, each
 * folder names the neighbours that it stands on. Paths are
 * resolved first, so that `../../x` and `../x` are judged by the folder they reach.
 */
import { dirname, relative, resolve, sep } from 'node:path';

/** A folder of data/: itself, the words, and these of its neighbours. */
function ofData(folder, from, types = []) {
  const inData = (name) => `data/${name}`;
  return {
    from: [folder, 'model', ...from].map(inData),
    types: types.map(inData),
    packages: null,
    never: ['@temporalio/'],
  };
}

/**
 * Folder → what its files may import. `from`: project folders or files (without ending); `types`: the same, for
 * `import type` only; `packages`: null for all, else the allowed ones; `never`: packages that are refused.
 * The longest folder that contains the importing file holds.
 */
export const directions = {
  'data/model': { from: ['data/model'], packages: [] },
  'data/rules': { from: ['data/rules', 'data/model'], types: ['data/moodle'], packages: ['node:crypto'] },
  // what is above may be imported by what is below
  'data/database': ofData('database', []),
  'data/configuration': ofData('configuration', [], ['database']),
  'data/passwords': ofData('passwords', ['threads']),
  'data/settings': ofData('settings', ['rules']),
  'data/moodle': ofData('moodle', ['database', 'rules'], ['configuration', 'schools']),
  'data/journal': ofData('journal', ['database', 'moodle/sql/statement']),
  'data/knowledgenet': ofData('knowledgenet', ['database', 'rules', 'threads'], ['journal']),
  'data/apply': ofData('apply', ['database', 'journal', 'moodle', 'rules']),
  'data/report': ofData('report', ['journal']),
  'data/notify': ofData('notify', ['journal'], ['configuration', 'schools']),
  'data/backup': ofData('backup', ['journal'], ['configuration', 'database', 'schools']),
  'data/stages': ofData(
    'stages',
    ['journal', 'knowledgenet', 'moodle', 'passwords', 'rules', 'settings'],
    ['schools'],
  ),
  'data/undo': ofData('undo', ['journal', 'moodle', 'rules', 'settings', 'stages'], ['schools']),
  'data/deletion': ofData(
    'deletion',
    ['database', 'journal', 'moodle', 'rules', 'stages'],
    ['configuration', 'schools'],
  ),
  'data/retention': ofData('retention', ['journal', 'stages']),
  'data/forgetting': ofData('forgetting', ['journal', 'retention']),
  // configuration.ts, schools.ts and threads.ts
  data: { from: ['data'], packages: null, never: ['@temporalio/'] },
  workflows: {
    from: ['workflows', 'data/model', 'data/rules'],
    types: ['activities', 'data'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  activities: { from: ['activities', 'data'], types: ['workflows'], packages: null },
  codec: { from: ['codec', 'data'], packages: null, never: ['@temporalio/worker', '@temporalio/client'] },
  pages: {
    from: ['pages', 'data/model', 'data/rules'],
    types: ['data'],
    packages: ['preact', 'preact-render-to-string', 'node:crypto'],
  },
  workers: { from: ['workers', 'activities', 'data', 'codec', 'workflows'], packages: null },
  cli: {
    from: ['cli', 'data', 'pages', 'codec', 'workers', 'workflows/messages'],
    types: ['workflows'],
    packages: null,
  },
  embedded: { from: ['embedded', 'data', 'codec', 'workers', 'cli', 'workflows/messages'], packages: null },
  bench: {
    from: ['bench', 'data', 'activities', 'codec', 'workflows', 'workers', 'cli', 'embedded'],
    packages: null,
  },
};

function directionOf(file) {
  const folders = Object.keys(directions).filter((folder) => file.startsWith(`${folder}/`));
  return folders.sort((a, b) => b.length - a.length)[0];
}

function reaches(target, places) {
  return places.some(
    (place) => target === place || target.startsWith(`${place}/`) || target.startsWith(`${place}.`),
  );
}

/** The reason why this import is refused, or undefined. Files are relative to the project, with `/`. */
export function refuse(file, source, isType) {
  const folder = directionOf(file);
  if (folder === undefined) return undefined;
  const rule = directions[folder];
  if (!source.startsWith('.')) {
    const refused =
      rule.never?.some((name) => source.startsWith(name)) ||
      (rule.packages !== null && !rule.packages.includes(source));
    return refused ? `${folder} may not import the package ${source}.` : undefined;
  }
  const target = relative('/', resolve('/', dirname(file), source))
    .split(sep)
    .join('/');
  if (reaches(target, rule.from)) return undefined;
  if (!reaches(target, rule.types ?? [])) return `${folder} may not import ${target}.`;
  return isType ? undefined : `${folder} may import only types from ${target}.`;
}

function isTypeOnly(node) {
  return node.importKind === 'type' || node.exportKind === 'type';
}

/** ESLint rule `project/import-direction`. */
export const importDirection = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{reason}}' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (node) => {
      if (typeof node.source?.value !== 'string') return;
      const reason = refuse(file, node.source.value, isTypeOnly(node));
      if (reason !== undefined) context.report({ node, messageId: 'refused', data: { reason } });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
