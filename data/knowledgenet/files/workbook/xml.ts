/**
 * A walk over an XML part that proves it whole: every element closed, in order, one root.
 *
 * The spreadsheet library reads with regular expressions and takes a part that was cut off for a shorter one. A
 * smaller school is the one thing a reading must never become, so every part is walked first.
 */
import { RolloverError } from '../../../model/errors.js';

export interface XmlVisitor {
  /** `name` without prefix; `tag` is the tag's text between `<` and `>`, only asked for when needed. */
  open(name: string, tag: () => string): void;
  /** `text`: whether anything but spaces stood directly in the element. */
  close(name: string, text: boolean): void;
}

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BRACKET = 0x5b;
const SPACE = 0x20;

function incomplete(part: string): RolloverError {
  return new RolloverError('SourceIncomplete', 'The workbook is cut off or damaged inside.', { part });
}

function hasText(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > SPACE) return true;
  return false;
}

/** Position of the `>` that ends the tag begun before `at`, outside quotes; -1 when there is none. */
function endOfTag(bytes: Buffer, at: number): number {
  for (let quote = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === QUOTE || byte === APOSTROPHE) quote = byte;
    else if (byte === GT) return at;
    else if (byte === LT) return -1;
  }
  return -1;
}

/** Position after a comment, CDATA section or processing instruction that begins at `at`; -1 when it is not closed. */
function skipSpecial(bytes: Buffer, at: number): number {
  const [open, close] = bytes[at + 1] === QUESTION ? ['<?', '?>'] : ['<!--', '-->'];
  const kind = bytes.toString('latin1', at, at + 9);
  if (kind === '<![CDATA[') {
    const end = bytes.indexOf(']]>', at);
    return end === -1 ? -1 : end + 3;
  }
  if (!kind.startsWith(open)) return -1;
  const end = bytes.indexOf(close, at + open.length);
  return end === -1 ? -1 : end + close.length;
}

interface Name {
  readonly full: string;
  readonly local: string;
}

/** Names repeat a million times; decoding each once keeps the walk cheap. */
class Names {
  readonly #known = new Map<number, Name[]>();

  /** The name that starts at `from`, as written and without its prefix. */
  at(bytes: Buffer, from: number, to: number): Name {
    let end = from;
    let hash = 0;
    for (; end < to; end++) {
      const byte = bytes[end]!;
      if (byte <= SPACE || byte === SLASH) break;
      hash = (hash * 31 + byte) | 0;
    }
    const known = this.#known.get(hash);
    const found = known?.find((name) => isAt(name.full, bytes, from, end));
    if (found !== undefined) return found;
    const full = bytes.toString('latin1', from, end);
    const name = { full, local: full.slice(full.lastIndexOf(':') + 1) };
    if (known === undefined) this.#known.set(hash, [name]);
    else known.push(name);
    return name;
  }
}

function isAt(name: string, bytes: Buffer, from: number, end: number): boolean {
  if (name.length !== end - from) return false;
  for (let at = from; at < end; at++) if (bytes[at] !== name.charCodeAt(at - from)) return false;
  return true;
}

/** One walk; `#open` are the elements not yet closed, with whether text stood directly in them. */
class Walk {
  readonly #part: string;
  readonly #bytes: Buffer;
  readonly #visitor: XmlVisitor;
  readonly #names = new Names();
  readonly #open: Name[] = [];
  readonly #text: boolean[] = [];
  #roots = 0;

  constructor(part: string, bytes: Buffer, visitor: XmlVisitor) {
    this.#part = part;
    this.#bytes = bytes;
    this.#visitor = visitor;
  }

  run(): void {
    let from = 0;
    for (let at = this.#bytes.indexOf(LT); at !== -1; at = this.#bytes.indexOf(LT, from)) {
      if (hasText(this.#bytes, from, at)) this.#noteText();
      from = this.#markup(at);
    }
    if (this.#open.length > 0 || this.#roots !== 1) throw incomplete(this.#part);
  }

  #noteText(): void {
    if (this.#open.length > 0) this.#text[this.#open.length - 1] = true;
  }

  /** Handles the markup at `at` and answers where it ends. */
  #markup(at: number): number {
    const next = this.#bytes[at + 1];
    if (next === BANG || next === QUESTION) return this.#special(at);
    const end = endOfTag(this.#bytes, at + 1);
    if (end === -1) throw incomplete(this.#part);
    if (next === SLASH) this.#close(this.#names.at(this.#bytes, at + 2, end));
    else this.#start(at + 1, end);
    return end + 1;
  }

  #special(at: number): number {
    if (this.#bytes.toString('latin1', at, at + 9).toUpperCase() === '<!DOCTYPE')
      throw new RolloverError('SourceUnreadable', 'A part of the workbook has a document type.', {
        part: this.#part,
      });
    if (this.#bytes[at + 2] === BRACKET) this.#noteText();
    const end = skipSpecial(this.#bytes, at);
    if (end === -1) throw incomplete(this.#part);
    return end;
  }

  #start(from: number, end: number): void {
    if (this.#open.length === 0 && ++this.#roots > 1) throw incomplete(this.#part);
    const name = this.#names.at(this.#bytes, from, end);
    this.#visitor.open(name.local, () => this.#bytes.toString('utf8', from, end));
    if (this.#bytes[end - 1] === SLASH) this.#visitor.close(name.local, false);
    else {
      this.#open.push(name);
      this.#text.push(false);
    }
  }

  #close(name: Name): void {
    const expected = this.#open.pop();
    const text = this.#text.pop() ?? false;
    if (expected === undefined || expected.full !== name.full) throw incomplete(this.#part);
    this.#visitor.close(expected.local, text);
  }
}

/**
 * Walks a part and tells the visitor about its elements.
 *
 * @param part The part's name, for the error.
 * @throws RolloverError SourceIncomplete when the part is not well-formed to its end; SourceUnreadable for a document
 *   type (entities) or an encoding other than UTF-8.
 */
export function walkXml(part: string, bytes: Buffer, visitor: XmlVisitor): void {
  if (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0 || bytes[1] === 0)
    throw new RolloverError('SourceUnreadable', 'A part of the workbook is not UTF-8.', { part });
  new Walk(part, bytes, visitor).run();
}
