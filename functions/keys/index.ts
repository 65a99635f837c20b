/** What other subsystems may use of keys. */
export { hashKey, loggableKey, matchesHash, parseKey } from './rules/key-format.ts';
export type { KeyItem } from './rules/key-item.ts';
export { isLive, isSuspended } from './rules/lifecycle.ts';
export { createPepperStore, type PepperStore } from './stores/pepper-store.ts';
