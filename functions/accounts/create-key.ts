import type { TierName } from '../../lib/tiers.ts';
import { type GenerateApiKeyDependencies, generateApiKey } from '../keys/index.ts';
import { ConflictError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import { ownAccount, preferencesOf, type SubscriptionStore } from '../subscriptions/index.ts';

const attempts = 3;

/**
 * A new key for an account, in the tier that it has: a payment that comes in at this very moment moves both.
 * @throws ConflictError, LimitError
 */
export async function createAccountKey(
  {
    subscriptionId,
    ...asked
  }: {
    readonly subscriptionId: string;
    readonly name: string;
    readonly prefix: string;
    readonly idempotencyKey?: string | undefined;
  },
  act: Act,
  dependencies: GenerateApiKeyDependencies & { readonly accounts: SubscriptionStore },
) {
  for (let attempt = 1; ; attempt++) {
    const account = await ownAccount(subscriptionId, dependencies.accounts);
    const { tier, email } = account;
    const { mailNewKeys } = preferencesOf(account);
    const request = { ...asked, subscriptionId, tier: tier as TierName, email, deliver: mailNewKeys };
    try {
      return await generateApiKey(request, act, dependencies);
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
      const now = await ownAccount(subscriptionId, dependencies.accounts);
      // Not about the tier or the address: asking again would change nothing.
      if (now.tier === tier && now.email === email) throw error;
    }
  }
}
