/**
 * The codec over HTTP, as Temporal's UI and `temporal --codec-endpoint` ask for it. Whoever may ask can read what is
 * sealed: loopback only, or with a token. Bodies are never logged, and no answer but the payloads repeats them.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import cors from '@fastify/cors';
import type { Payload, PayloadCodec } from '@temporalio/common';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RolloverError } from '../data/model/errors.js';

/** A page of a long history; a single payload of Temporal has at most 2 MB. */
const BODY_LIMIT = 16 * 1024 * 1024;

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** Addresses of Temporal UI, as a browser sends them: `http://127.0.0.1:8080`. */
  readonly origins: readonly string[];
  /** Absent: whoever reaches the port may ask. */
  readonly token?: string;
}

const base64 = z.base64();
const bodyShape = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.default('') }))
    .default([]),
});

type Body = z.output<typeof bodyShape>;

function toPayload({ metadata, data }: Body['payloads'][number]): Payload {
  const entries = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')]);
  return {
    metadata: Object.fromEntries(entries) as Record<string, Buffer>,
    data: Buffer.from(data, 'base64'),
  };
}

function toText(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}

function fromPayload({ metadata, data }: Payload): Body['payloads'][number] {
  const entries = Object.entries(metadata ?? {}).map(([key, value]) => [key, toText(value)]);
  return { metadata: Object.fromEntries(entries) as Record<string, string>, data: toText(data) };
}

/** Compares without telling by its time how much was right. */
function sameToken(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

function refuseStrangers({ origins, token }: CodecServerOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (request.method === 'OPTIONS' || request.url === '/healthz') return undefined;
    const { origin, authorization } = request.headers;
    if (origin !== undefined && !origins.includes(origin))
      return reply.code(403).send({ message: 'This origin may not ask.' });
    if (token !== undefined && !sameToken(authorization?.replace(/^Bearer +/i, '') ?? '', token))
      return reply.code(401).send({ message: 'An access token is needed.' });
    return undefined;
  };
}

/** The failure in our words: a parser's own would quote the body. */
function sayFailure(error: unknown, reply: FastifyReply): FastifyReply {
  if (error instanceof RolloverError)
    return reply.code(422).send({ code: error.code, message: `${error.message} ${error.mend}` });
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413) return reply.code(413).send({ message: 'The request is too large.' });
  if (statusCode >= 400 && statusCode < 500)
    return reply.code(statusCode).send({ message: 'The request is not understood.' });
  return reply.code(500).send({ message: 'The codec server failed.' });
}

/** The server, not yet listening. */
export async function createCodecServer(options: CodecServerOptions): Promise<FastifyInstance> {
  const server = fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: 'idle' });
  await server.register(cors, {
    origin: [...options.origins],
    methods: ['POST'],
    allowedHeaders: ['content-type', 'x-namespace', 'authorization'],
    credentials: true,
    maxAge: 600,
  });
  server.addHook('onRequest', refuseStrangers(options));
  server.setErrorHandler((error, _request, reply) => sayFailure(error, reply));
  for (const direction of ['encode', 'decode'] as const)
    server.post(`/${direction}`, async (request, reply) => {
      const body = bodyShape.safeParse(request.body);
      if (!body.success) return reply.code(400).send({ message: 'The request is not understood.' });
      const payloads = await options.codec[direction](body.data.payloads.map(toPayload));
      return { payloads: payloads.map(fromPayload) };
    });
  server.get('/healthz', async () => ({ status: 'ok' }));
  return server;
}
