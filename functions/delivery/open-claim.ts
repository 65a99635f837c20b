import type { HandoverBox, KeyStore } from '../keys/index.ts';
import {
  changed,
  claimWindow,
  type Handover,
  handoverOpened,
  type KeyItem,
  type TimerPolicy,
} from '../keys/rules/index.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { OpenedClaim } from './answers.ts';
import { type ClaimState, claimState } from './rules/claim.ts';
import { type Claim, nonceHash } from './rules/claim-token.ts';

export type ClaimRefusal = Exclude<ClaimState, { kind: 'open' } | { kind: 'again' }>;

/**
 * Shows a secret to whoever has the link, or the account: once, and again for ten minutes to the client with the same nonce, for a lost
 * answer must lose no key. The use is written before the secret is decrypted: of two at once one wins.
 */
export async function openClaim(
  { claim, nonce }: { readonly claim: Claim; readonly nonce: string },
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly keys: KeyStore;
    readonly handovers: Pick<HandoverBox, 'open'>;
    readonly policy: TimerPolicy;
  },
): Promise<{ readonly opened: OpenedClaim } | { readonly refused: ClaimRefusal }> {
  const { client, keys, handovers, policy } = dependencies;
  const nonceOf = nonceHash(nonce);
  return retryContended(async () => {
    const key = await keys.get(claim.keyId);
    const state = claimState(key, claim, nonceOf, act.now);
    if (key === undefined || (state.kind !== 'open' && state.kind !== 'again')) {
      return { refused: state as ClaimRefusal };
    }
    if (state.kind === 'again') return { opened: await read(state.handover, key, handovers) };
    const change = changeOf('open-claim', act);
    const handover = handoverOpened(state.handover, nonceOf, change);
    const next = changed(key, { handover }, change, policy);
    const outcome = await commit(client, [keys.replacement(next)]);
    if (outcome.kind === 'refused') return undefined;
    return { opened: await read({ ...handover, ciphertext: state.handover.ciphertext }, next, handovers) };
  }, 'the link was not used');
}

async function read(
  handover: Handover & { readonly ciphertext: string },
  { keyId }: KeyItem,
  handovers: Pick<HandoverBox, 'open'>,
): Promise<OpenedClaim> {
  const { version, ciphertext } = handover;
  const apiKey = await handovers.open(ciphertext, { keyId, version });
  return { apiKey, keyId, version, expiresAt: claimWindow(handover) };
}
