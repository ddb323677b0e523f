/** What every client and worker of ours is given, so that all read and write the same payloads. */
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { Encryption } from '../data/configuration.js';
import { createPayloadCodec } from './payload-codec.js';

/** Module whose `failureConverter` seals failures; workflow bundles for encryption are built with it. */
export const failureConverterPath = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));

/** Without encryption: Temporal's own, which writes readable JSON. To be spread into options. */
export function converting(encryption: Encryption | undefined): { dataConverter?: DataConverter } {
  if (encryption === undefined) return {};
  return { dataConverter: { payloadCodecs: [createPayloadCodec(encryption)], failureConverterPath } };
}
