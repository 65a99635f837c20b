import type { DocumentClient } from '../runtime/dynamodb.ts';
import type { HandoverBox } from './stores/handover-box.ts';
import type { IdempotencyStore } from './stores/idempotency-store.ts';
import type { KeyStore } from './stores/key-store.ts';
import type { PepperStore } from './stores/pepper-store.ts';

/** What every use case that makes a secret works with. */
export interface KeyDependencies {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly peppers: PepperStore;
  readonly handovers: HandoverBox;
  readonly idempotency: IdempotencyStore;
}
