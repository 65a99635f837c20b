import { changed, handoverQueued } from '../keys/rules/index.ts';
import { changeOf } from '../runtime/rules/change.ts';
import { changeKey } from './change-key.ts';
import type { ReplacementDependencies } from './dependencies.ts';
import { replaceSecret } from './replace-secret.ts';
import { renewal } from './rules/claim.ts';
import type { Claim } from './rules/claim-token.ts';

/**
 * Mails a new link to the owner where the newest secret expired unused, and the old mail again where its link still
 * waits. Whoever asks learns nothing: the answer is the same whatever happens.
 */
export async function renewClaim(
  claim: Claim,
  { requestId, now }: { readonly requestId: string; readonly now: Date },
  dependencies: ReplacementDependencies,
): Promise<void> {
  const act = { actor: { kind: 'owner', id: 'link' } as const, requestId, now };
  await changeKey(
    claim.keyId,
    async (key) => {
      const wanted = renewal(key, claim, now);
      if (wanted === 'mint') {
        const next = await replaceSecret(key, 'renewed', changeOf('renew-claim', act), dependencies);
        return { key: next, others: [] };
      }
      if (wanted === 'nothing' || key.handover === undefined) return undefined;
      const change = changeOf('remail-claim', act);
      const handover = handoverQueued(key.handover, change, key.revision + 1, { asked: true });
      return { key: changed(key, { handover }, change, dependencies.policy), others: [] };
    },
    dependencies,
  );
}
