/** Why a plan was held. */
export const guards: readonly string[] = [];
