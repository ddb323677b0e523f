/** `rollover codec-server`: lets Temporal's UI and CLI show what is sealed, to whoever holds the token. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { RolloverError } from '../../data/model/errors.js';
import type { Session } from '../session.js';
import { examples, type Verb } from '../verb.js';

interface Options {
  readonly host: string;
  readonly port: string;
  readonly origin: readonly string[];
  readonly tokenFile?: string;
}

const DEFAULT_ORIGIN = 'http://127.0.0.1:8080';
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new RolloverError('UsageInvalid', 'A port is a number from 0 to 65535.');
  return port;
}

async function readToken({ io }: Session, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return io.env['ROLLOVER_CODEC_TOKEN'] || undefined;
  let text: string;
  try {
    text = (await readFile(resolve(io.cwd, file), 'utf8')).trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new RolloverError('UsageInvalid', `The file of --token-file cannot be read (${code}).`);
  }
  if (text === '') throw new RolloverError('UsageInvalid', 'The file of --token-file is empty.');
  return text;
}

/** @throws RolloverError UsageInvalid when the port is taken or the address is not this machine's */
async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new RolloverError('UsageInvalid', `The codec server cannot listen on ${host}:${port} (${code}).`);
  }
}

/** Ends at the first SIGINT or SIGTERM. */
function untilTold(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
}

async function serve(session: Session, options: Options): Promise<void> {
  const { encryption } = session.configuration;
  if (encryption === undefined)
    throw new RolloverError(
      'ConfigInvalid',
      'The configuration has no section `encryption`: nothing is sealed.',
    );
  const token = await readToken(session, options.tokenFile);
  if (token === undefined && !loopback.has(options.host))
    throw new RolloverError(
      'UsageInvalid',
      'On an address that other machines reach, the codec server needs a token: --token-file or ROLLOVER_CODEC_TOKEN.',
    );
  const port = parsePort(options.port);
  // the server's packages are loaded by this verb only
  const { createPayloadCodec } = await import('../../codec/payload-codec.js');
  const { createCodecServer } = await import('../../codec/server.js');
  const server = await createCodecServer({
    codec: createPayloadCodec(encryption),
    origins: options.origin,
    ...(token === undefined ? {} : { token }),
  });
  const told = untilTold();
  const address = await listen(server, options.host, port);
  session.output.note(
    `Codec server at ${address}${token === undefined ? '' : ', with a token'}. Ctrl-C stops it.`,
  );
  await told;
  await server.close();
  session.output.note('The codec server has stopped.');
}

function collect(value: string, before: readonly string[]): readonly string[] {
  const added = value.replace(/\/$/, '');
  return before.length === 1 && before[0] === DEFAULT_ORIGIN ? [added] : [...before, added];
}

export const codecServer: Verb = (program, run) => {
  program
    .command('codec-server')
    .description("lets Temporal's UI and CLI show sealed payloads; runs in the foreground")
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on', '8234')
    .option('--origin <address>', 'address of Temporal UI, repeatable', collect, [DEFAULT_ORIGIN])
    .option('--token-file <file>', 'file with the token that callers must send (else ROLLOVER_CODEC_TOKEN)')
    .addHelpText(
      'after',
      examples(
        'codec-server                                      for Temporal UI on this machine',
        'codec-server --origin https://temporal.school.nz --token-file secrets/codec-token --host 0.0.0.0',
      ),
    )
    .action(run<[], Options>((session, _args, options) => serve(session, options)));
};
