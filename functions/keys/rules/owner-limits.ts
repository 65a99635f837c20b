import type { SubscriptionItem } from '../../subscriptions/rules/index.ts';
import type { KeyItem } from './key-item.ts';
import { hour, later } from './time.ts';

/**
 * What owners may do by themselves: enough for anybody's mistakes, and too little to fill the tables and the record, or to send so many
 * mails that those of others stay away. Admins are not held to it.
 */
export const keysADay = 20;
export const rotationsAnHour = 4;
/** Of an account: suspending keys, letting them go on, and answering alerts, together. */
export const actsAnHour = 60;

/** Whether one more key may be made on the day (UTC) of `at`. */
export function mayMakeKey({ keysMade }: Pick<SubscriptionItem, 'keysMade'>, at: string): boolean {
  return keysMade === undefined || keysMade.day !== at.slice(0, 10) || keysMade.count < keysADay;
}

/** Whether a key may be rotated once more: of the secrets that have ended, the item knows the last four. */
export function mayRotate({ retired }: Pick<KeyItem, 'retired'>, at: string): boolean {
  const since = later(at, -hour);
  return retired.filter(({ retiredAt }) => retiredAt > since).length < rotationsAnHour;
}

/** Whether support has stopped a key, for which its owner must ask: every other cause is the owner's to end. */
export function isStopped({ suspensions, revokedAt }: Pick<KeyItem, 'suspensions' | 'revokedAt'>): boolean {
  return revokedAt === undefined && suspensions.admin !== undefined;
}
