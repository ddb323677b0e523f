/** What verbs print: text for people or JSON for programs on stdout, messages on stderr. */
import { once } from 'node:events';
import type { Io, OutStream } from './io.js';
import { createStyle, type Style } from './text/style.js';

/** More items than this are printed as JSON lines instead of one document. */
export const JSON_LIST_LIMIT = 1000;

export interface Output {
  readonly json: boolean;
  /** Whether somebody is there to answer a question. */
  readonly interactive: boolean;
  /** Characters per line; 0 when nobody looks. */
  readonly width: number;
  readonly style: Style;
  /** Whether anything went to stdout. */
  readonly started: boolean;
  /** Writes to stdout as it is; waits when the reader is slow. */
  write(text: string): Promise<void>;
  /** One result: JSON, or the text that `render` makes of it. */
  show(document: object, render: () => string): Promise<void>;
  /** A list: one JSON document, or lines when it is long. `pages` is read once. */
  list(head: object, total: number, pages: AsyncIterable<readonly object[]>): Promise<void>;
  /** A sentence on stderr. */
  note(text: string): void;
  /** A line on stderr that is written over until `clear`; nothing without a terminal. */
  live(text: string): void;
  clear(): void;
}

async function send(stream: OutStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

function toJson(value: object): string {
  return JSON.stringify(value);
}

async function sendList(
  stream: OutStream,
  head: object,
  total: number,
  pages: AsyncIterable<readonly object[]>,
): Promise<void> {
  if (total > JSON_LIST_LIMIT) {
    await send(stream, `${toJson({ ...head, total })}\n`);
    for await (const page of pages) await send(stream, page.map((item) => `${toJson(item)}\n`).join(''));
    return;
  }
  const items: object[] = [];
  for await (const page of pages) items.push(...page);
  await send(stream, `${JSON.stringify({ ...head, total, items }, null, 2)}\n`);
}

/** Output for a process and the way of printing that was asked for. */
export function createOutput(io: Io, json: boolean): Output {
  const { stdout, stderr, stdin, env } = io;
  const terminal = stdout.isTTY === true && !json;
  const colour = terminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  let started = false;
  let liveLine = false;
  const clear = (): void => {
    if (liveLine) stderr.write('\r\u001b[2K');
    liveLine = false;
  };
  const write = async (text: string): Promise<void> => {
    clear();
    started = true;
    await send(stdout, text);
  };
  return {
    json,
    interactive: !json && stdin.isTTY === true && stderr.isTTY === true,
    width: terminal ? (stdout.columns ?? 80) : 0,
    style: createStyle(colour),
    get started() {
      return started;
    },
    write,
    async show(document, render) {
      await write(json ? `${JSON.stringify(document, null, 2)}\n` : `${render()}\n`);
    },
    async list(head, total, pages) {
      clear();
      started = true;
      await sendList(stdout, head, total, pages);
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    live(text) {
      if (stderr.isTTY !== true) return;
      stderr.write(`\r\u001b[2K${text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
      liveLine = true;
    },
    clear,
  };
}
