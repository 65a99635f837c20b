import { withoutVersion } from '../keys/rules/index.ts';
import { changeOf } from '../runtime/rules/change.ts';
import { changeKey } from './change-key.ts';
import type { ReplacementDependencies } from './dependencies.ts';
import { replaceSecret } from './replace-secret.ts';
import { disputed } from './rules/claim.ts';
import type { Claim } from './rules/claim-token.ts';

/**
 * "That was not me": the secret that the link showed ends at once, and a new one goes to the owner by mail only, unless a
 * newer one is there already. Once: afterwards there is nothing left to end. Whoever asks learns nothing.
 */
export async function disputeClaim(
  claim: Claim,
  { requestId, now }: { readonly requestId: string; readonly now: Date },
  dependencies: ReplacementDependencies,
): Promise<void> {
  const act = { actor: { kind: 'owner', id: 'link' } as const, requestId, now };
  const change = changeOf('dispute-claim', act, 'the link was opened by somebody else');
  await changeKey(
    claim.keyId,
    async (key) => {
      const what = disputed(key, claim);
      if (what === undefined) return undefined;
      const next =
        what === 'newest'
          ? await replaceSecret(key, 'not-me', change, dependencies)
          : withoutVersion(key, claim.version, change, dependencies.policy);
      return { key: next, others: [] };
    },
    dependencies,
  );
}
