import type { Account, AccountKey } from '../api/types.ts';
import { retiringSecrets, waitingSecret } from './key-state.ts';

/** Something that will happen by itself, and when (ISO 8601). */
export type Upcoming = { readonly at: string } & (
  | { readonly kind: 'month-begins'; readonly limit: number }
  | { readonly kind: 'key-rotates'; readonly keyId: string; readonly name: string }
  | { readonly kind: 'old-secret-ends'; readonly keyId: string; readonly name: string }
  | { readonly kind: 'waiting-secret-ends'; readonly keyId: string; readonly name: string }
  | { readonly kind: PlanEvent }
);
type PlanEvent = 'plan-renews' | 'plan-ends' | 'plan-ends-unpaid';

/** What comes next, soonest first. */
export function upcomingOf(account: Account, keys: readonly AccountKey[], now: number): readonly Upcoming[] {
  const ofPlan = upcomingOfPlan(account);
  return [
    { kind: 'month-begins', at: account.usage.resetsAt, limit: account.requestsPerMonth } as const,
    ...(ofPlan === undefined ? [] : [ofPlan]),
    ...keys.flatMap((key) => ofKey(key, now)),
  ]
    .filter(({ at }) => Date.parse(at) > now)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** What becomes of a paid tier next; undefined where nothing is paid for. */
export function upcomingOfPlan({
  payment,
}: Pick<Account, 'payment'>): { readonly kind: PlanEvent; readonly at: string } | undefined {
  if (payment === undefined || payment.status === 'ended') return undefined;
  const { cancelsAt, graceEndsAt, periodEndsAt } = payment;
  if (graceEndsAt !== undefined) return { kind: 'plan-ends-unpaid', at: graceEndsAt };
  if (cancelsAt !== undefined) return { kind: 'plan-ends', at: cancelsAt };
  return periodEndsAt === undefined ? undefined : { kind: 'plan-renews', at: periodEndsAt };
}

function ofKey(key: AccountKey, now: number): Upcoming[] {
  const { keyId, name, rotatesAt } = key;
  if (key.status !== 'active') return [];
  const waiting = waitingSecret(key, now);
  return [
    ...retiringSecrets(key, now).map(({ retiresAt }) => {
      return { kind: 'old-secret-ends', at: retiresAt, keyId, name } as const;
    }),
    ...(waiting === undefined
      ? []
      : [{ kind: 'waiting-secret-ends', at: waiting.expiresAt, keyId, name } as const]),
    ...(rotatesAt === undefined ? [] : [{ kind: 'key-rotates', at: rotatesAt, keyId, name } as const]),
  ];
}
