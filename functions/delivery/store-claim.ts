import type { KeyStore } from '../keys/index.ts';
import { changed, handoverStored, type TimerPolicy } from '../keys/rules/index.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { changeKey } from './change-key.ts';
import { claimState } from './rules/claim.ts';
import { type Claim, nonceHash } from './rules/claim-token.ts';

/**
 * "I have stored it": the ciphertext of what the link showed is destroyed at once, and not only when its ten minutes are over.
 * Only for whoever was shown the key, which the nonce proves: nobody else can take it from its owner. Whoever asks learns
 * nothing, and asking again changes nothing.
 */
export async function storeClaim(
  { claim, nonce }: { readonly claim: Claim; readonly nonce: string },
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly keys: KeyStore;
    readonly policy: TimerPolicy;
  },
): Promise<void> {
  const nonceOf = nonceHash(nonce);
  const change = changeOf('store-secret', act);
  await changeKey(
    claim.keyId,
    (key) => {
      const state = claimState(key, claim, nonceOf, act.now);
      if (state.kind !== 'again') return undefined;
      return changed(key, { handover: handoverStored(state.handover, change) }, change, dependencies.policy);
    },
    dependencies,
  );
}
