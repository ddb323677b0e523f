/** Questions on a terminal. Whoever cannot answer is never asked. */
import { createInterface } from 'node:readline/promises';
import { RolloverError } from '../data/model/errors.js';
import type { Session } from './session.js';

/** Asks for yes or no on stderr; anything but yes is no. @throws RolloverError UsageInvalid without a terminal */
export async function askYes(session: Session, question: string): Promise<boolean> {
  const { io, output } = session;
  if (!output.interactive)
    throw new RolloverError('UsageInvalid', 'Nobody is there to answer a question: say --yes.');
  output.clear();
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await Promise.race([
      reader.question(`${question} [y/N] `),
      // the end of input is no answer
      new Promise<string>((resolve) => reader.once('close', () => resolve(''))),
    ]);
    return /^(y|yes|āe|ae)$/iu.test(answer.trim());
  } finally {
    reader.close();
  }
}

/** Asks for a line of text on stderr; '' when nothing is answered. @throws RolloverError UsageInvalid without a terminal */
export async function askText(session: Session, question: string): Promise<string> {
  const { io, output } = session;
  if (!output.interactive) throw new RolloverError('UsageInvalid', 'Nobody is there to answer a question.');
  output.clear();
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return await Promise.race([
      reader.question(`${question} `),
      new Promise<string>((resolve) => reader.once('close', () => resolve(''))),
    ]);
  } finally {
    reader.close();
  }
}
