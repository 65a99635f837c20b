import type { KeyItem } from '../keys/rules/index.ts';
import { limitsOf } from '../runtime/rules/tier-limits.ts';
import type { SubscriptionItem } from '../subscriptions/index.ts';
import type { DeliveryDependencies } from './dependencies.ts';
import { formatClaimToken } from './rules/claim-token.ts';
import type { MailContext } from './rules/owner-mail-of.ts';

/** What every mail about a key needs to know. */
export async function mailContext(
  { tier }: Pick<KeyItem, 'tier'>,
  { name }: Pick<SubscriptionItem, 'name'>,
  { limits, policy, claimSecret, claimPageUrl }: DeliveryDependencies,
): Promise<MailContext> {
  const secret = await claimSecret();
  return {
    name,
    requestsPerMonth: limitsOf(limits, tier).requestsPerMonth,
    graceHours: policy.graceHours[tier] ?? 0,
    // In the fragment, which no browser sends to any server and no log keeps.
    linkOf: (claim) => `${claimPageUrl}#${formatClaimToken(claim, secret)}`,
  };
}
