import type { TierName } from '../../lib/tiers.ts';
import { LimitError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { chooseFree } from './choose-free.ts';
import { choosePro } from './choose-pro.ts';
import { revise } from './owners-choice.ts';
import { hasOpenRequest, mayRequest, rephrased, requested } from './rules/tier-request.ts';
import { type ChoiceDependencies, choiceOf, settledChoice, type TierChoice } from './tier-choice.ts';

export interface ChooseTier {
  readonly subscriptionId: string;
  readonly tier: TierName;
  /** With `enterprise`: for whoever answers the request. */
  readonly note?: string | undefined;
}

/**
 * An owner chooses a tier (R2): `free` begins at once, or with the end of what is paid; `pro` once it is paid at Stripe;
 * `enterprise` once an admin approves. Choosing again what was chosen changes nothing; choosing the tier that one has takes
 * back what is asked for besides.
 * @throws ConflictError for whoever has an enterprise tier; ProblemError where Stripe is needed and not set up; LimitError
 *   where API Gateway has no room for one more in the tier, and for a second request on one day
 */
export function chooseTier(
  { subscriptionId, tier, note }: ChooseTier,
  act: Act,
  dependencies: ChoiceDependencies,
): Promise<TierChoice> {
  switch (tier) {
    case 'free':
      return chooseFree(subscriptionId, act, dependencies);
    case 'pro':
      return choosePro(subscriptionId, act, dependencies);
    case 'enterprise':
      return requestEnterprise(subscriptionId, note, act, dependencies);
  }
}

async function requestEnterprise(
  subscriptionId: string,
  note: string | undefined,
  act: Act,
  dependencies: ChoiceDependencies,
): Promise<TierChoice> {
  const item = await revise(
    subscriptionId,
    (found) => {
      if (found.tier === 'enterprise') return settledChoice(found, act);
      // The words alone are no news: a request is told, to its owner and to admins, when it is opened.
      if (hasOpenRequest(found)) return rephrased(found, note, changeOf('change-request', act));
      if (!mayRequest(found, act.now.toISOString())) {
        throw new LimitError('the tier enterprise was asked for today already; ask again tomorrow (UTC)');
      }
      return requested(found, note, changeOf('request-tier', act));
    },
    dependencies,
  );
  if (item.tier === 'enterprise' || !hasOpenRequest(item)) return choiceOf(item, item.tier);
  return { tier: item.tier as TierName, outcome: 'requested', request: item.request };
}
