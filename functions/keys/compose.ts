import * as z from 'zod/mini';
import { createKmsClient, createSecretsManagerClient } from '../runtime/clients.ts';
import { createDocumentClient, type DocumentClient } from '../runtime/dynamodb.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { subscriptionsTableEnvironment } from '../subscriptions/contract.ts';
import {
  handoverEnvironment,
  keysTableEnvironment,
  pepperEnvironment,
  rotationEnvironment,
} from './contract.ts';
import type { KeyDependencies } from './dependencies.ts';
import type { RotationPolicy } from './rules/rotation-policy.ts';
import { createHandoverBox } from './stores/handover-box.ts';
import { createIdempotencyStore } from './stores/idempotency-store.ts';
import { createKeyStore, type KeyStore } from './stores/key-store.ts';
import { createOwnerActs, type OwnerActs } from './stores/owner-acts.ts';
import { createPepperStore } from './stores/pepper-store.ts';

/** Builds what the functions that only read or change keys work with, from their environment. */
export function composeKeys(): { readonly client: DocumentClient; readonly keys: KeyStore } {
  const { KEYS_TABLE } = parseEnvironment(keysTableEnvironment);
  const client = createDocumentClient();
  return { client, keys: createKeyStore(client, KEYS_TABLE) };
}

/** The same for those whose changes move a key's timer. */
export function composeTimedKeys(): {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly policy: RotationPolicy;
} {
  return { ...composeKeys(), policy: parseEnvironment(rotationEnvironment).ROTATION_POLICY };
}

/** Counting what owners do, from a function's environment. */
export function composeOwnerActs(): OwnerActs {
  return createOwnerActs(parseEnvironment(subscriptionsTableEnvironment).SUBSCRIPTIONS_TABLE);
}

/** Environment of the functions that make secrets. */
const sealingEnvironment = z.object({
  ...keysTableEnvironment.shape,
  ...pepperEnvironment.shape,
  ...handoverEnvironment.shape,
  ...rotationEnvironment.shape,
});

/** Builds what the functions that make secrets work with, from their environment. */
export function composeSealing() {
  const environment = parseEnvironment(sealingEnvironment);
  const client = createDocumentClient();
  return {
    client,
    tableName: environment.KEYS_TABLE,
    keys: createKeyStore(client, environment.KEYS_TABLE),
    peppers: createPepperStore(createSecretsManagerClient(), environment.PEPPER_SECRET_ARN),
    handovers: createHandoverBox(createKmsClient(), environment.HANDOVER_KEY_ARN),
    policy: environment.ROTATION_POLICY,
  };
}

/** The same for those whose requests may be repeated. */
export function composeMinting(): KeyDependencies & { readonly policy: RotationPolicy } {
  const sealing = composeSealing();
  const { SUBSCRIPTIONS_TABLE } = parseEnvironment(subscriptionsTableEnvironment);
  return { ...sealing, idempotency: createIdempotencyStore(sealing.client, SUBSCRIPTIONS_TABLE) };
}
