import type { TierName } from '../../lib/tiers.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import type { TierRequest } from '../subscriptions/rules/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import { chosen } from './rules/tier-request.ts';

/** What came of an owner's choice. */
export interface TierChoice {
  /** That the subscription has now. */
  readonly tier: TierName;
  readonly outcome:
    | 'unchanged'
    | 'changed'
    | 'payment-required'
    | 'requested'
    | 'ends-with-period'
    | 'goes-on';
  readonly checkout?: { readonly url: string; readonly expiresAt: string };
  readonly request?: TierRequest;
  /** When the tier changes. */
  readonly changesAt?: string;
}

export interface ChoiceDependencies extends PaymentDependencies {
  /** Where people come back to from Stripe. */
  readonly dashboardOrigin: string;
  readonly supportAddress: string;
  /** What is sold. */
  readonly productName: string;
}

/** Notes that a tier was chosen. @returns undefined where one was before */
export function firstChoice(item: SubscriptionItem, act: Act): SubscriptionItem | undefined {
  return item.tierChosenAt === undefined ? chosen(item, changeOf('choose-tier', act)) : undefined;
}

/** @param former the tier before the choice */
export function choiceOf({ tier }: SubscriptionItem, former: string): TierChoice {
  return { tier: tier as TierName, outcome: tier === former ? 'unchanged' : 'changed' };
}
