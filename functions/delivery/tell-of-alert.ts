import { type Alerted, type SuspensionDependencies, suspendByPolicy } from '../alerts/index.ts';
import { holdersOf, isSuspended } from '../keys/rules/index.ts';
import type { Act } from '../runtime/rules/change.ts';
import { logger } from '../runtime/telemetry.ts';
import { preferencesOf, type SubscriptionStore } from '../subscriptions/index.ts';
import { type AccountLetterDependencies, recipientOf, sendAccountLetter } from './account-letter.ts';
import { composeAlertMail } from './mail/compose-alert-mail.ts';
import type { AlertForAdmins } from './rules/alert-for-admins.ts';
import { alertMail } from './rules/alert-mail.ts';
import {
  type AlertChange,
  type AlertTurn,
  isForAdmins,
  isForOwner,
  type KeyState,
  turnOf,
} from './rules/alert-news.ts';
import type { MailProduct } from './rules/owner-mail.ts';
import { sendsOnce } from './sends-once.ts';

export interface AlertNewsDependencies extends SuspensionDependencies, AccountLetterDependencies {
  readonly subscriptions: Pick<SubscriptionStore, 'get'>;
  readonly product: MailProduct;
  readonly dashboardUrl: string;
}

const mailedLately = sendsOnce();

/** What the policy demands after a change, and nobody is told of yet. @throws what a store throws */
export async function suspendWhereDemanded(
  change: AlertChange,
  act: Act,
  dependencies: SuspensionDependencies,
): Promise<void> {
  if (turnOf(change) !== undefined) await suspendByPolicy(change.after.alertId, act, dependencies);
}

/**
 * Does what follows from a change of an alert: first the policy, so that the mail can tell that the key is suspended; then
 * the owner's mail. What the admins are to be told is handed on before the mail is tried, which may fail, and again with
 * why it was given up.
 * @throws what a store throws, and what stands in the way of every mail: the change has to come again
 */
export async function tellOfAlert(
  change: AlertChange,
  act: Act,
  forAdmins: (news: AlertForAdmins) => void,
  dependencies: AlertNewsDependencies,
): Promise<void> {
  const turn = turnOf(change);
  if (turn === undefined) return;
  const { after } = change;
  const now = await suspendByPolicy(after.alertId, act, dependencies);
  const state = now && keyStateOf(now);
  const news = { turn, alert: after, isSuspended: state === 'held' };
  if (isForAdmins(turn, after)) forAdmins(news);
  if (now === undefined || isOfEndedKey(now)) return;
  const unsent = await mailOnce(turn, change, now, state, act, dependencies);
  if (unsent !== undefined) forAdmins({ ...news, unsent });
}

/** Of a key that was revoked, or is not there any more, nothing is left to be done. */
function isOfEndedKey({ alert, key }: Alerted): boolean {
  return alert.keyId !== undefined && (key === undefined || key.revokedAt !== undefined);
}

function keyStateOf({ alert: { alertId }, key }: Alerted): KeyState | undefined {
  if (key === undefined) return undefined;
  if (holdersOf(key).includes(alertId)) return 'held';
  return isSuspended(key) ? 'suspended' : undefined;
}

/** @returns why it was given up */
async function mailOnce(
  turn: AlertTurn,
  { after }: AlertChange,
  { alert, key }: Alerted,
  state: KeyState | undefined,
  { now }: Act,
  { subscriptions, product, dashboardUrl, ...sending }: AlertNewsDependencies,
): Promise<string | undefined> {
  const { alertId, subscriptionId, revision } = after;
  const message = `${alertId}-${revision}`;
  if (mailedLately.has(message)) return undefined;
  const owner = await subscriptions.get(subscriptionId);
  if (owner === undefined) return undefined;
  // What it was at that change, unless its owner has answered by now.
  const told = { ...after, ...(alert.answer === undefined ? {} : { answer: alert.answer }) };
  if (!isForOwner(turn, told, preferencesOf(owner), state)) return undefined;
  const kind = `alert-${turn}` as const;
  const unsent = await sendAccountLetter(
    {
      subscriptionId,
      kind,
      message,
      at: after.change.at,
      to: recipientOf(owner),
      compose: () => composeAlertMail(alertMail(turn, after, { key, owner }, { dashboardUrl, now }), product),
    },
    sending,
  );
  if (unsent === undefined) mailedLately.remember(message);
  else logger.warn('an owner was not mailed', { alertId, subscriptionId, why: unsent });
  return unsent;
}
