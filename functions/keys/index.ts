/** What other subsystems may use of keys. */
export {
  composeKeys,
  composeMinting,
  composeOwnerActs,
  composeSealing,
  composeTimedKeys,
} from './compose.ts';
export type { KeyDependencies } from './dependencies.ts';
export { followSubscription, prepareTier } from './follow-subscription.ts';
export { type GenerateApiKeyDependencies, generateApiKey } from './generate-api-key.ts';
export { mintSecret } from './mint-secret.ts';
export { type EndOfKey, endOfKeyTries, revokeKey } from './revoke-key.ts';
export { rotateKey } from './rotate-key.ts';
export { hashKey, loggableKey, matchesHash, parseKey } from './rules/key-format.ts';
export type { KeyItem } from './rules/key-item.ts';
export { isLive, isSuspended } from './rules/lifecycle.ts';
export { createHandoverBox, type HandoverBox } from './stores/handover-box.ts';
export { createKeyStore, type KeyStore } from './stores/key-store.ts';
export { assertNotTooMany, type OwnerActs } from './stores/owner-acts.ts';
export { createPepperStore, type PepperStore } from './stores/pepper-store.ts';
export { resumeKey, suspendKey } from './suspend-key.ts';
