import type * as z from 'zod';
import type { TierName } from '../../lib/tiers.ts';
import type { tierChange } from '../accounts/index.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { Immutable } from '../runtime/rules/immutable.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import { answered, chosen, hasOpenRequest } from './rules/tier-request.ts';

/** What came of an owner's choice. */
export type TierChoice = Immutable<z.infer<typeof tierChange>>;

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

/** Notes that its owner wants the tier that is there, or is to come, and no other: an open request is taken back. */
export function settledChoice(item: SubscriptionItem, act: Act): SubscriptionItem | undefined {
  if (!hasOpenRequest(item)) return firstChoice(item, act);
  const { tierChosenAt = act.now.toISOString() } = item;
  return { ...answered(item, { status: 'withdrawn' }, changeOf('withdraw-request', act)), tierChosenAt };
}

/** @param former the tier before the choice */
export function choiceOf({ tier }: SubscriptionItem, former: string): TierChoice {
  return { tier: tier as TierName, outcome: tier === former ? 'unchanged' : 'changed' };
}
