import type { TierName } from '../../lib/tiers.ts';
import { commit, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError, LimitError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { limitsOf, type TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import type { PaymentState, SubscriptionItem, Subscriptions } from '../subscriptions/index.ts';
import { maximumKeys, normalizedEmail, withKey } from '../subscriptions/index.ts';
import type { KeyDependencies } from './dependencies.ts';
import { handoverOf } from './handover-of.ts';
import { mintSecret } from './mint-secret.ts';
import { repeatAnswer } from './repeat-answer.ts';
import { generateKeyId } from './rules/key-format.ts';
import type { KeyItem } from './rules/key-item.ts';
import { newKey } from './rules/lifecycle.ts';
import { isStopped, keysADay, mayMakeKey } from './rules/owner-limits.ts';
import type { RotationPolicy } from './rules/rotation-policy.ts';
import { fingerprintOf, type IdempotencyScope, scopeOf } from './stores/idempotency-store.ts';

export interface GenerateApiKey {
  readonly tier: TierName;
  readonly prefix: string;
  readonly name: string;
  /** Whose key it is; an unknown address begins a subscription. */
  readonly email: string;
  readonly subscriptionId?: string | undefined;
  /** Whether the owner is mailed the key too, and not merely that there is one. */
  readonly deliver: boolean;
  readonly idempotencyKey?: string | undefined;
  readonly reason?: string | undefined;
}

export interface GeneratedApiKey {
  readonly keyId: string;
  /** The whole key: here and never again. */
  readonly apiKey: string;
  readonly subscriptionId: string;
  readonly tier: TierName;
  readonly prefix: string;
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  readonly rotatesAt: string;
  readonly requestsPerMonth: number;
  readonly warning: string;
}

export interface GenerateApiKeyDependencies extends KeyDependencies {
  readonly subscriptions: Subscriptions;
  readonly policy: RotationPolicy;
  readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
}

const warning =
  'Store this key now: it is shown once and cannot be read again. Keep it out of code, tickets and chats.';

/**
 * Makes a new key (R4): the one function under every way to get one. The subscription and its usage key in API Gateway
 * exist before the key does; the key and its place among the subscription's keys are one transaction. A crash at any
 * point leaves at most a subscription without a key, which the next call goes on with.
 * @throws ConflictError for another tier than the subscription's or an address of another subscription, and while a payment
 *   that was taken back is not made up for
 * @throws NotFoundError for an unknown subscriptionId
 * @throws LimitError for a sixth key, or when API Gateway has no room for another usage key
 */
export async function generateApiKey(
  request: GenerateApiKey,
  act: Act,
  dependencies: GenerateApiKeyDependencies,
): Promise<GeneratedApiKey> {
  const { idempotencyKey } = request;
  const fingerprint = fingerprintOf(askedBy(act, request));
  const scope =
    idempotencyKey === undefined ? undefined : { act: scopeOf('generate-key', act), idempotencyKey };

  const repeated = async () =>
    scope && (await repeatAnswer<GeneratedApiKey>(scope, fingerprint, act, dependencies));

  return retryContended(async () => {
    const answer = await repeated();
    if (answer !== undefined) return answer;
    const found = await dependencies.subscriptions.findOrCreate(request, act);
    const isOwner = act.actor.kind === 'owner';
    // Before API Gateway is asked, which takes five new usage keys a second from everybody together.
    if (isOwner) await assertOwnerMay(found, act, dependencies);
    // An account that began with a sign-in has no usage key until it has a first API key.
    const isPlanned = found.tier in found.usageKeys;
    const subscription = isPlanned
      ? found
      : await dependencies.subscriptions.planUsageKey(found, found.tier, act);
    if (subscription === undefined) return undefined;
    // Before an admin is refused anything: asking for a key is how an operator puts a missing usage key right.
    const isEnsured = isOwner && isPlanned && subscription.keyIds.length > 0;
    const usageKey = isEnsured
      ? usageKeyOf(subscription)
      : await dependencies.subscriptions.ensureUsageKey(subscription);
    if (subscription.payment?.reversal !== undefined) throw takenBack(subscription.payment.reversal);
    if (subscription.keyIds.length >= maximumKeys) {
      // The last place may have gone, since the look above, to this very request, sent twice at once.
      const meanwhile = await repeated();
      if (meanwhile !== undefined) return meanwhile;
      throw noRoom(subscription);
    }
    return make(request, subscription, usageKey, act, scope && { scope, fingerprint }, dependencies);
  }, 'no key was made');
}

/** What makes a request the same: an owner asks for a name and a prefix, whatever the account is at that moment. */
function askedBy({ actor }: Act, { idempotencyKey: _key, ...request }: GenerateApiKey) {
  const { name, prefix } = request;
  return actor.kind === 'owner' ? { name, prefix } : { ...request, email: normalizedEmail(request.email) };
}

/** @throws LimitError, ConflictError for what its owner may not do, and an admin may */
async function assertOwnerMay(
  subscription: SubscriptionItem,
  { now }: Act,
  { keys }: Pick<GenerateApiKeyDependencies, 'keys'>,
): Promise<void> {
  if (!mayMakeKey(subscription, now.toISOString())) {
    throw new LimitError(`${keysADay} keys were made today, which is the most; make another tomorrow (UTC)`);
  }
  if (subscription.payment?.reversal !== undefined) throw takenBack(subscription.payment.reversal);
  const live = await Promise.all(subscription.keyIds.map((keyId) => keys.get(keyId)));
  const stopped = live.find((key) => key !== undefined && isStopped(key));
  if (stopped !== undefined) {
    throw new ConflictError(
      `key ${stopped.keyId} was suspended by support: until that is lifted no key can be made`,
    );
  }
}

function usageKeyOf({ subscriptionId, tier, usageKeys }: SubscriptionItem): string {
  const value = usageKeys[tier];
  if (value === undefined)
    throw new Error(`subscription ${subscriptionId} has no usage key for tier ${tier}`);
  return value;
}

function takenBack({ kind, at }: NonNullable<PaymentState['reversal']>): ConflictError {
  const how = kind === 'refund' ? 'refunded' : 'disputed';
  return new ConflictError(
    `a payment was ${how} at ${at}: no key can be made until the next payment has been made`,
  );
}

function noRoom({ subscriptionId }: SubscriptionItem): LimitError {
  return new LimitError(
    `subscription ${subscriptionId} has ${maximumKeys} keys, which is the most; revoke one first`,
  );
}

/** One try; undefined where somebody else wrote first. */
async function make(
  request: GenerateApiKey,
  subscription: SubscriptionItem,
  usageKey: string,
  act: Act,
  repeatable: { scope: IdempotencyScope; fingerprint: string } | undefined,
  dependencies: GenerateApiKeyDependencies,
): Promise<GeneratedApiKey | undefined> {
  const { keys, client, idempotency, limits, policy, subscriptions } = dependencies;
  const keyId = generateKeyId();
  const { prefix, name, tier, deliver, reason } = request;
  const isRepeatable = repeatable !== undefined;
  const { apiKey, secret, sealed } = await mintSecret(
    { prefix, keyId, version: 1 },
    deliver || isRepeatable,
    dependencies,
  );
  const change = changeOf('generate-key', act, reason);
  const handover = handoverOf(
    sealed,
    { deliver, isRepeatable, cause: 'new', graceHours: 0, revision: 1 },
    change,
  );
  const { subscriptionId } = subscription;
  const key: KeyItem = newKey(
    { keyId, subscriptionId, name, prefix, tier, usageKey, secret, ...(handover ? { handover } : {}) },
    change,
    policy,
  );
  const answer = {
    keyId,
    subscriptionId,
    tier,
    prefix,
    name,
    version: 1,
    createdAt: key.createdAt,
    rotatesAt: key.rotateAt,
    requestsPerMonth: limitsOf(limits, tier).requestsPerMonth,
    warning,
  };
  const outcome = await commit(client, [
    keys.creation(key),
    subscriptions.store.replacement(withKey(subscription, keyId, change)),
    ...(repeatable === undefined
      ? []
      : [
          idempotency.creation(
            repeatable.scope,
            { keyId, version: 1, fingerprint: repeatable.fingerprint, answer },
            act.now,
          ),
        ]),
  ]);
  return outcome.kind === 'written' ? { ...answer, apiKey } : undefined;
}
