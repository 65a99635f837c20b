import { changeOf } from '../runtime/rules/change.ts';
import { changeKey } from './change-key.ts';
import type { ReplacementDependencies } from './dependencies.ts';
import { replaceSecret } from './replace-secret.ts';
import { isDisputable } from './rules/claim.ts';
import type { Claim } from './rules/claim-token.ts';

/**
 * "That was not me": the secret that the link showed ends at once, and a new one goes to the owner by mail only. Once:
 * afterwards the link is no longer that of the newest secret. Whoever asks learns nothing.
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
    async (key) =>
      isDisputable(key, claim)
        ? { key: await replaceSecret(key, 'not-me', change, dependencies), others: [] }
        : undefined,
    dependencies,
  );
}
