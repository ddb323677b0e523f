/** What goes to which stream, in which form. */
import { Readable, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { onePage, writeCsv } from '../../cli/csv.js';
import { createOutput, JSON_LIST_LIMIT, type Output } from '../../cli/output.js';

class Stream extends Writable {
  text = '';
  constructor(readonly isTTY: boolean) {
    super();
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

function make(options: { terminal: boolean; json?: boolean; env?: Record<string, string> }): {
  readonly output: Output;
  readonly out: Stream;
  readonly err: Stream;
} {
  const [out, err] = [new Stream(options.terminal), new Stream(options.terminal)];
  const stdin = Object.assign(Readable.from([]), { isTTY: options.terminal });
  const io = { stdin, stdout: out, stderr: err, env: options.env ?? {}, cwd: '/', userName: () => 'kiri' };
  return { output: createOutput(io, options.json === true), out, err };
}

async function* pagesOf(total: number): AsyncGenerator<{ n: number }[]> {
  for (let at = 0; at < total; at += 400)
    yield Array.from({ length: Math.min(400, total - at) }, (_, index) => ({ n: at + index }));
}

test('a short list is one document', async () => {
  const { output, out } = make({ terminal: false, json: true });
  await output.list({ planId: 7 }, JSON_LIST_LIMIT, pagesOf(JSON_LIST_LIMIT));
  const document = JSON.parse(out.text) as { planId: number; total: number; items: unknown[] };
  expect(document).toMatchObject({ planId: 7, total: JSON_LIST_LIMIT });
  expect(document.items).toHaveLength(JSON_LIST_LIMIT);
});

test('a long list is JSON lines, the head first', async () => {
  const { output, out } = make({ terminal: false, json: true });
  await output.list({ planId: 7 }, 1001, pagesOf(1001));
  const lines = out.text.trimEnd().split('\n');
  expect(lines).toHaveLength(1002);
  expect(JSON.parse(lines[0]!)).toEqual({ planId: 7, total: 1001 });
  expect(JSON.parse(lines[1001]!)).toEqual({ n: 1000 });
});

test('colours are for terminals that want them', () => {
  expect(make({ terminal: true }).output.style.bold('x')).not.toBe('x');
  expect(make({ terminal: true, env: { NO_COLOR: '1' } }).output.style.bold('x')).toBe('x');
  expect(make({ terminal: true, env: { TERM: 'dumb' } }).output.style.bold('x')).toBe('x');
  expect(make({ terminal: false }).output.style.bold('x')).toBe('x');
  expect(make({ terminal: true, json: true }).output.style.bold('x')).toBe('x');
});

test('nobody is asked without a terminal, or for JSON', () => {
  expect(make({ terminal: true }).output.interactive).toBe(true);
  expect(make({ terminal: false }).output.interactive).toBe(false);
  expect(make({ terminal: true, json: true }).output.interactive).toBe(false);
});

test('progress is only for terminals, and is taken away before a message', () => {
  const quiet = make({ terminal: false });
  quiet.output.live('Reading …');
  expect(quiet.err.text).toBe('');
  const { output, err, out } = make({ terminal: true });
  output.live('Reading …');
  output.note('Done.');
  expect(err.text).toBe('\r\u001b[2KReading …\r\u001b[2KDone.\n');
  expect(out.text).toBe('');
});

test('CSV has a byte order mark, and no value is run as a formula', async () => {
  const { output, out } = make({ terminal: false });
  await writeCsv(
    output,
    ['value', 'row'],
    onePage([
      ['=HYPERLINK("x")', 3],
      ['+64 21', null],
      ['Ngā, "Puhi"', true],
    ]),
  );
  expect(out.text).toBe(`\ufeffvalue,row\n"'=HYPERLINK(""x"")",3\n'+64 21,\n"Ngā, ""Puhi""",yes\n`);
});

test('a slow reader is waited for', async () => {
  const { output, out } = make({ terminal: false });
  let waiting: (() => void) | undefined;
  out._write = (_chunk: Buffer, _encoding: string, done: () => void): void => {
    waiting = done;
  };
  let written = false;
  const writing = output.write('x'.repeat(100_000)).then(() => (written = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toBe(false);
  waiting?.();
  await writing;
  expect(written).toBe(true);
});
