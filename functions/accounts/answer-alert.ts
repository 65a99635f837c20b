import type * as z from 'zod';
import type { AlertStore } from '../alerts/index.ts';
import { type AlertAnswer, type AlertItem, answered, isAboutKey } from '../alerts/rules/index.ts';
import { assertNotTooMany, type KeyDependencies, type OwnerActs, rotateKey } from '../keys/index.ts';
import { type KeyItem, letGo, type RotationPolicy, stoppedByOwner } from '../keys/rules/index.ts';
import { commit, retryContended, type Write } from '../runtime/dynamodb.ts';
import { ConflictError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { ownAccount, preferencesOf, type SubscriptionStore } from '../subscriptions/index.ts';
import { accountAlertView } from './alert-view.ts';
import type { answeredAlert } from './answers.ts';
import { keyOf, ownAlert } from './own-alert.ts';

export interface AnswerAlert {
  readonly subscriptionId: string;
  readonly alertId: string;
  readonly answer: AlertAnswer;
  readonly idempotencyKey?: string | undefined;
}

export interface AnswerDependencies extends KeyDependencies {
  readonly alerts: AlertStore;
  readonly subscriptions: Pick<SubscriptionStore, 'get'>;
  readonly policy: RotationPolicy;
  readonly acts: OwnerActs;
}

/**
 * What an owner says to an alert, and what follows for its key, in one transaction: there is no answer without its
 * consequence, nor the other way round. The same answer again finds nothing to do; another one is done as well, and
 * replaces it.
 * @throws NotFoundError; ConflictError for what cannot be done with this alert or its key; LimitError for an owner's fifth
 * rotation of a key in an hour, and for the 61st of all else that owners do to keys
 */
export async function answerAlert(
  request: AnswerAlert,
  act: Act,
  dependencies: AnswerDependencies,
): Promise<z.infer<typeof answeredAlert>> {
  const { subscriptionId, alertId, answer } = request;
  const { alerts, keys } = dependencies;
  const key = answer === 'rotate' ? await rotateFor(request, act, dependencies) : undefined;
  if (answer !== 'rotate') await follow({ ...request, answer }, act, dependencies);
  const alert = await ownAlert(alertId, subscriptionId, alerts);
  return {
    alert: accountAlertView(alert, await keyOf(alert, keys), act.now),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * The key stands still from now on, or is held by this alert no more: it goes on where no other holds it. Which ones do
 * stands on the key, so that of two answers at once none overlooks the other.
 */
function follow(
  { subscriptionId, alertId, answer }: AnswerAlert & { readonly answer: 'suspend' | 'expected' },
  act: Act,
  { client, alerts, keys, policy, acts }: AnswerDependencies,
): Promise<true> {
  const reason = reasonOf(alertId);
  const decide = (alert: AlertItem, key: KeyItem | undefined): KeyItem | undefined => {
    if (answer === 'suspend') {
      return stoppedByOwner(liveKey(alert, key), alertId, changeOf('suspend-key', act, reason), policy);
    }
    if (key === undefined || key.revokedAt !== undefined) return undefined;
    return letGo(key, alertId, changeOf('resume-key', act, reason), policy);
  };
  return retryContended(async () => {
    const alert = await ownAlert(alertId, subscriptionId, alerts);
    const nextKey = decide(alert, await keyOf(alert, keys));
    const next = answered(alert, answer, changeOf('answer-alert', act));
    const writes: Write[] = [
      ...(nextKey === undefined ? [] : [keys.replacement(nextKey)]),
      ...(next === undefined ? [] : [alerts.replacement(next)]),
    ];
    if (writes.length === 0) return true;
    const outcome = await commit(client, [...writes, acts.counted(subscriptionId, act.now)]);
    assertNotTooMany(outcome);
    return outcome.kind === 'written' ? true : undefined;
  }, 'the answer was not taken');
}

/**
 * A new secret, and an end to the old one at once; the key works again where it was suspended because of what was unusual,
 * and waits for its owner where they have suspended it.
 * Once for an alert: whoever says so again later would end the secret that is in use by then.
 */
async function rotateFor(
  { subscriptionId, alertId, idempotencyKey }: AnswerAlert,
  act: Act,
  dependencies: AnswerDependencies,
) {
  const { alerts, keys, subscriptions } = dependencies;
  const found = await ownAlert(alertId, subscriptionId, alerts);
  const { keyId } = liveKey(found, await keyOf(found, keys));
  const { mailNewKeys } = preferencesOf(await ownAccount(subscriptionId, subscriptions));
  const writes = async () => {
    const alert = await ownAlert(alertId, subscriptionId, alerts);
    const next = answered(alert, 'rotate', changeOf('answer-alert', act));
    if (next === undefined) {
      throw new ConflictError(
        `alert ${alertId} was answered with a new secret at ${alert.rotatedAt}; rotate key ${keyId} itself to get another`,
      );
    }
    return [alerts.replacement(next)];
  };
  return rotateKey(
    {
      keyId,
      graceHours: 0,
      deliver: mailNewKeys,
      // With a space, which no header can have: nobody else's key is the same.
      idempotencyKey: idempotencyKey ?? `answer ${alertId}`,
      reason: reasonOf(alertId),
      lifting: ['anomaly'],
      despite: ['owner'],
      alongside: { purpose: alertId, writes },
    },
    act,
    dependencies,
  );
}

/** @throws ConflictError where nothing can be done with a key */
function liveKey(alert: AlertItem, key: KeyItem | undefined): KeyItem {
  if (!isAboutKey(alert) || key === undefined) {
    throw new ConflictError(
      `alert ${alert.alertId} is about the whole account, and not about one key: it can be answered as expected only`,
    );
  }
  if (key.revokedAt !== undefined) {
    throw new ConflictError(
      `key ${key.keyId} was revoked at ${key.revokedAt}, which is final: nothing is left to be done`,
    );
  }
  return key;
}

const reasonOf = (alertId: string) => `alert ${alertId}`;
