/** The whole document: one file that loads nothing, and in which only our own style and script count. */
import { createHash } from 'node:crypto';
import type { ComponentChildren, JSX } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { script } from '../assets/script.js';
import { style } from '../assets/style.js';

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

interface DocumentProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Document({ title, children }: DocumentProps): JSX.Element {
  return (
    <html lang="en-NZ">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex, nofollow" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        {children}
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  );
}

/** Marks that turn the direction of text; a title cannot isolate them. */
const turning = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The page as text, ready to be written to a file. */
export function renderDocument(title: string, body: JSX.Element): string {
  const page = <Document title={title.replace(turning, '\ufffd')}>{body}</Document>;
  return `<!DOCTYPE html>\n${renderToString(page)}\n`;
}
