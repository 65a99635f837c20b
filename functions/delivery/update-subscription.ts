import type { KeyStore } from '../keys/index.ts';
import type { KeyItem, TimerPolicy } from '../keys/rules/index.ts';
import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError, NotFoundError, ValidationError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import {
  normalizedEmail,
  type OpenPgpKey,
  type PreferencesChange,
  type SubscriptionItem,
  type SubscriptionStore,
  updated,
} from '../subscriptions/index.ts';
import { OpenPgpKeyError, readOpenPgpKey } from './mail/openpgp-key.ts';
import { afterContactChange } from './rules/contact-change.ts';

export interface UpdateSubscription {
  readonly subscriptionId: string;
  readonly email?: string | undefined;
  /** Null takes it away. */
  readonly name?: string | null | undefined;
  /** An armored public key; null takes it away. */
  readonly openPgpKey?: string | null | undefined;
  readonly preferences?: PreferencesChange | undefined;
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
 * Changes where and how a subscription's owner is reached. An address that is given takes mail again, whatever happened to
 * it or its predecessor: secrets that still wait are mailed to it under new links, and every link before is worthless. What
 * is told of the change, `mail-account` derives from it, keys or none.
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
  const { subscriptionId, name, preferences } = request;
  const email = request.email === undefined ? undefined : normalizedEmail(request.email);
  const openPgpKey = await parsedKey(request.openPgpKey, act.now);
  const change = changeOf('update-subscription', act, request.reason);
  return retryContended(async () => {
    const found = await subscriptions.get(subscriptionId);
    if (found === undefined) throw new NotFoundError(`there is no subscription ${subscriptionId}`);
    if (found.deletedAt !== undefined) {
      throw new ConflictError(
        `subscription ${subscriptionId} was deleted by its owner at ${found.deletedAt}`,
      );
    }
    const next = updated(found, { email, name, openPgpKey, preferences }, change);
    if (next === undefined) return answer(found, []);
    const isMoved = next.email !== found.email;
    if (isMoved && (await subscriptions.idByEmail(next.email)) !== undefined) {
      throw new ConflictError('email: belongs to another subscription');
    }
    const items = await Promise.all(found.keyIds.map((keyId) => keys.get(keyId)));
    const live = items.filter((key) => key !== undefined && key.revokedAt === undefined) as KeyItem[];
    const readdressed = live.flatMap((key) => afterContactChange(key, found, next, change, policy) ?? []);
    const outcome = await commit(client, [
      subscriptions.replacement(next),
      ...(isMoved ? subscriptions.readdressing(subscriptionId, found.email, next.email) : []),
      ...readdressed.map((key) => keys.replacement(key)),
    ]);
    if (outcome.kind === 'refused') return undefined;
    const mailedAgain = readdressed.filter((key) => key.handover?.delivery?.queuedIn === key.revision);
    return answer(
      next,
      mailedAgain.map(({ keyId }) => keyId),
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
