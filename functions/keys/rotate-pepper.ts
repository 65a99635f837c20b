import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { randomBase62 } from '../runtime/rules/base62.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { PepperVault } from './stores/pepper-vault.ts';
import type { PlatformStore } from './stores/platform-store.ts';

const pepperLength = 64;

/**
 * Makes a new pepper current: new secrets are hashed with it, and no key is reissued, since each secret names its own.
 * The platform's item announces the pepper's name first, the secret follows: a crash in between leaves a name without a
 * pepper, which the next call supplies. Of two calls at once only one value can ever get that name.
 */
export async function rotatePepper(
  { reason }: { readonly reason?: string | undefined },
  act: Act,
  { client, platform, vault }: { client: DocumentClient; platform: PlatformStore; vault: PepperVault },
): Promise<{ current: string; peppers: string[] }> {
  return retryContended(async () => {
    const [item, { peppers }] = await Promise.all([platform.get(), vault.read()]);
    const unfinished = item?.pepper !== undefined && !peppers.includes(item.pepper) ? item.pepper : undefined;
    const name = unfinished ?? nextName(peppers);
    // Also who finishes what another began has acted, and is on record with it.
    const change = changeOf('rotate-pepper', act, reason);
    const outcome = await commit(client, [platform.next(item, { pepper: name }, change)]);
    if (outcome.kind === 'refused') return undefined;
    return vault.add(name, randomBase62(pepperLength));
  }, 'no pepper was added');
}

/** `v3` after `v1` and `v2`. */
function nextName(peppers: readonly string[]): string {
  const numbers = peppers.map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0));
  return `v${Math.max(0, ...numbers) + 1}`;
}
