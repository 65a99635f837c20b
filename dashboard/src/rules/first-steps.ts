import type { Account, AccountKey } from '../api/types.ts';
import { lastUse } from './key-state.ts';

/** What a new account does, one after the other. */
export type Step = 'tier' | 'key' | 'call';

/** So long is a key new: whoever makes no call with an older one knows how. */
const newFor = 14 * 86_400_000;

/** How far a new account has come. @returns `next`: undefined once a first call was made */
export function stepsOf(
  account: Account,
  keys: readonly AccountKey[],
  now: number,
): { next?: Step; hasKey: boolean } {
  const hasKey = keys.some(({ status }) => status !== 'revoked');
  const wasHere = keys.length > 0;
  if (!wasHere && account.tierChosenAt === undefined && account.tier === 'free')
    return { next: 'tier', hasKey };
  if (!hasKey) return { next: 'key', hasKey };
  const isOld = keys.some(({ createdAt }) => now - Date.parse(createdAt) > newFor);
  const hasCalled = account.usage.total > 0 || keys.some((key) => lastUse(key) !== undefined);
  // With keys that are all suspended a call would be refused.
  const canCall = keys.some(({ status }) => status === 'active');
  return isOld || hasCalled || !canCall ? { hasKey } : { next: 'call', hasKey };
}
