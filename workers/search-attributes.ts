/** Our search attributes in a Temporal namespace: without them no workflow can say its stage. */
import { searchAttributes } from '../workflows/messages.js';

/** Temporal's numbers for the two types we use (temporal.api.enums.v1.IndexedValueType). */
const indexedTypes = { KEYWORD: 2, INT: 3 } as const;

/** The part of Temporal's operator service that is needed here. */
export interface OperatorService {
  listSearchAttributes(request: {
    namespace: string;
  }): Promise<{ customAttributes?: Record<string, unknown> | null }>;
  addSearchAttributes(request: {
    namespace: string;
    searchAttributes: Record<string, number>;
  }): Promise<unknown>;
}

/** Registers what is missing; safe to run from every worker at every start. */
export async function registerSearchAttributes(service: OperatorService, namespace: string): Promise<void> {
  const { customAttributes } = await service.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(
    ({ name }) => customAttributes?.[name] === undefined,
  );
  if (missing.length === 0) return;
  const wanted = Object.fromEntries(missing.map(({ name, type }) => [name, indexedTypes[type]]));
  await service.addSearchAttributes({ namespace, searchAttributes: wanted });
}
