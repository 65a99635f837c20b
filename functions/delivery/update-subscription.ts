import type { KeyStore } from '../keys/index.ts';
import {
  changed,
  handoverQueued,
  type KeyItem,
  type Message,
  queued,
  type TimerPolicy,
} from '../keys/rules/index.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError, NotFoundError, ValidationError } from '../runtime/errors.ts';
import { type Act, type Change, changeOf } from '../runtime/rules/change.ts';
import {
  normalizedEmail,
  type OpenPgpKey,
  type SubscriptionItem,
  type SubscriptionStore,
  updated,
} from '../subscriptions/index.ts';
import { OpenPgpKeyError, readOpenPgpKey } from './mail/openpgp-key.ts';
import { maskedAddress } from './rules/masked-address.ts';

export interface UpdateSubscription {
  readonly subscriptionId: string;
  readonly email?: string | undefined;
  /** Null takes it away. */
  readonly name?: string | null | undefined;
  /** An armored public key; null takes it away. */
  readonly openPgpKey?: string | null | undefined;
  readonly reason?: string | undefined;
}

export interface UpdatedSubscription {
  readonly subscriptionId: string;
  readonly email: string;
  readonly name?: string;
  /** Of the OpenPGP key on file: compare it with what its owner says. */
  readonly openPgpFingerprint?: string;
  /** Keys whose new secret is on its way to the new address, under a new link. */
  readonly mailedAgain: readonly string[];
}

/**
 * Changes where and how a subscription's owner is reached. A new address takes mail again, whatever happened to the
 * former one: secrets that still wait are mailed to it under new links, and the links to the former address are worthless.
 * @throws NotFoundError, ConflictError for an address of another subscription, ValidationError for a key that is none
 */
export async function updateSubscription(
  request: UpdateSubscription,
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly keys: KeyStore;
    readonly subscriptions: SubscriptionStore;
    readonly policy: TimerPolicy;
  },
): Promise<UpdatedSubscription> {
  const { client, keys, subscriptions, policy } = dependencies;
  const { subscriptionId, name } = request;
  const email = request.email === undefined ? undefined : normalizedEmail(request.email);
  const openPgpKey = await parsedKey(request.openPgpKey, act.now);
  const change = changeOf('update-subscription', act, request.reason);
  return retryContended(async () => {
    const found = await subscriptions.get(subscriptionId);
    if (found === undefined) throw new NotFoundError(`there is no subscription ${subscriptionId}`);
    const next = updated(found, { email, name, openPgpKey }, change);
    if (next === undefined) return answer(found, []);
    const isMoved = next.email !== found.email;
    if (isMoved && (await subscriptions.idByEmail(next.email)) !== undefined) {
      throw new ConflictError('email: belongs to another subscription');
    }
    const items = isMoved ? await Promise.all(found.keyIds.map((keyId) => keys.get(keyId))) : [];
    const live = items.filter((key) => key !== undefined && key.revokedAt === undefined);
    const moved = readdressed(live as KeyItem[], found, change, policy);
    const outcome = await commit(client, [
      subscriptions.replacement(next),
      ...(isMoved ? subscriptions.readdressing(subscriptionId, found.email, next.email) : []),
      ...moved.map((key) => keys.replacement(key)),
    ]);
    if (outcome.kind === 'refused') return undefined;
    return answer(
      next,
      moved.filter((key) => key.handover?.delivery?.queuedIn === key.revision).map(({ keyId }) => keyId),
    );
  }, 'nothing was changed');
}

async function parsedKey(
  armored: string | null | undefined,
  now: Date,
): Promise<OpenPgpKey | null | undefined> {
  if (armored === undefined || armored === null) return armored;
  try {
    const key = await readOpenPgpKey(armored, now);
    return { armored: key.armored, fingerprint: key.fingerprint };
  } catch (error) {
    if (error instanceof OpenPgpKeyError) throw new ValidationError(`openPgpKey: ${error.message}`);
    throw error;
  }
}

/** The keys that have something to send to the new address. */
function readdressed(
  keys: readonly KeyItem[],
  { undeliverable, email }: SubscriptionItem,
  change: Change,
  policy: TimerPolicy,
): KeyItem[] {
  return keys.flatMap((key, index) => {
    const { handover } = key;
    const waits =
      handover?.delivery !== undefined &&
      handover.ciphertext !== undefined &&
      handover.openedAt === undefined &&
      Date.parse(handover.expiresAt) > Date.parse(change.at);
    // The owner hears once of what was missed, whatever the number of keys.
    const isFirst = index === 0 && undeliverable !== undefined;
    if (!waits && !isFirst) return [];
    const trouble: Message = {
      id: `owner#address-trouble#${key.revision + 1}`,
      to: 'owner',
      kind: 'address-trouble',
      facts: { formerAddress: maskedAddress(email), since: undeliverable?.at ?? change.at, at: change.at },
    };
    return changed(
      key,
      {
        ...(waits ? { handover: handoverQueued(handover, change, key.revision + 1, { anew: true }) } : {}),
        ...(isFirst ? { outbox: queued(key, [trouble], change.at) } : {}),
      },
      change,
      policy,
    );
  });
}

function answer(
  { subscriptionId, email, name, openPgpKey }: SubscriptionItem,
  mailedAgain: readonly string[],
): UpdatedSubscription {
  return {
    subscriptionId,
    email,
    ...(name === undefined ? {} : { name }),
    ...(openPgpKey === undefined ? {} : { openPgpFingerprint: openPgpKey.fingerprint }),
    mailedAgain,
  };
}
