import type { Change } from '../../runtime/rules/change.ts';
import type { Delivery, Handover, HandoverOrigin, KeyItem } from './key-item.ts';
import { earliest, hour, isPast, later, latest } from './time.ts';

/** For how long whoever used a link may read the secret again: a lost answer must lose no key. */
const rereadMilliseconds = 10 * 60_000;
/** For how long a link can be used, at least; longer where the old secret goes on for longer. */
const linkHours = 72;
/** Hours that each try is given; after those of the last one it is given up. */
const waits = [1, 2, 4, 8, 16, 24];

/** When nobody may read the secret any more: ten minutes after the link was used, or when it expires. */
export function claimWindow({ openedAt, expiresAt }: Pick<Handover, 'openedAt' | 'expiresAt'>): string {
  return openedAt === undefined ? expiresAt : earliest(later(openedAt, rereadMilliseconds), expiresAt);
}

export type SealedSecret = Pick<Handover, 'version' | 'repeatableUntil'> & { readonly ciphertext: string };

/** A new secret's handover to its owner: the later of 72 hours and the old secret's grace. */
export function newHandover(
  sealed: SealedSecret & { answered: boolean },
  origin: HandoverOrigin,
  graceHours: number,
  revision: number,
): Handover {
  const { answered, ...rest } = sealed;
  return {
    ...rest,
    linkNo: 1,
    expiresAt: later(origin.at, Math.max(linkHours, graceHours) * hour),
    ...(answered ? { answered: true } : {}),
    origin,
    delivery: queued(revision, origin.at),
  };
}

/** A handover that is there for a repeated request only. */
export function repeatOnlyHandover(sealed: SealedSecret & { repeatableUntil: string }): Handover {
  return { ...sealed, linkNo: 1, answered: true, expiresAt: sealed.repeatableUntil };
}

function queued(revision: number, at: string): Delivery {
  return { attempts: 1, queuedIn: revision, retryAt: later(at, hour) };
}

/** When a try is given up and followed by the next one, or, after the last, by an alert. @param attempts begun so far */
export function retryAfter(attempts: number, at: string): string {
  return later(at, (waits[Math.min(attempts, waits.length) - 1] ?? 1) * hour);
}

/** Whether another try may follow. */
export function mayTryAgain(attempts: number): boolean {
  return attempts < waits.length;
}

/**
 * Whether a live version may be in somebody's hands. One whose handover was never used is known to nobody: a rotation
 * replaces it rather than counting it as the secret in use.
 */
export function isKnown({ handover }: Pick<KeyItem, 'handover'>, version: number): boolean {
  return handover?.version !== version || handover.answered === true || isTaken(handover);
}

/** Whether the owner has what was handed over: the link was used, or the mail carried the secret and has not come back. */
export function isTaken({ openedAt, delivery }: Pick<Handover, 'openedAt' | 'delivery'>): boolean {
  // A handover for a repeated request awaits no owner.
  if (openedAt !== undefined || delivery === undefined) return true;
  const { channel, sentAt, deliveredAt, failedAt } = delivery;
  if (channel !== 'pgp') return false;
  // Taken by the owner's mail server is taken: it may come back from behind that, and be read all the same.
  return deliveredAt !== undefined || (sentAt !== undefined && failedAt === undefined);
}

/** The mail with the secret, or with its link, has left. */
export function handoverSent(
  handover: Handover,
  sent: { channel: 'link' | 'pgp'; messageId: string },
  change: Change,
): Handover {
  const {
    retryAt: _retry,
    trouble: _trouble,
    failedAt: _failed,
    ...delivery
  } = handover.delivery ?? queued(0, change.at);
  return { ...handover, delivery: { ...delivery, ...sent, sentAt: change.at } };
}

/**
 * The owner's mail server has taken the mail. Where the mail itself carried the secret, nothing is left to keep, unless
 * the answer may still be asked for again.
 */
export function handoverDelivered(handover: Handover, channel: 'link' | 'pgp', change: Change): Handover {
  const { delivery } = handover;
  if (delivery === undefined) return handover;
  // Whoever sent it may have died before it could be noted; that it has arrived says so.
  const sentAt = delivery.sentAt ?? change.at;
  const { retryAt: _retry, ...told } = delivery;
  const delivered = { ...handover, delivery: { ...told, channel, sentAt, deliveredAt: change.at } };
  if (channel !== 'pgp') return delivered;
  const { repeatableUntil } = handover;
  if (repeatableUntil !== undefined && !isPast(repeatableUntil, new Date(change.at))) {
    return { ...delivered, expiresAt: earliest(repeatableUntil, handover.expiresAt) };
  }
  return withoutCiphertext(delivered);
}

/** The mail is given up; the link, where there is one, goes on. */
export function handoverFailed(handover: Handover, trouble: string, change: Change): Handover {
  const { retryAt: _retry, ...delivery } = handover.delivery ?? queued(0, change.at);
  return { ...handover, delivery: { ...delivery, failedAt: change.at, trouble } };
}

/**
 * The mail is to be sent again. A try never outlives the link.
 * @param anew from the first try on, under a new link that makes the earlier ones worthless
 * @param asked from the first try on, because somebody asked for it with the link
 */
export function handoverQueued(
  handover: Handover,
  change: Change,
  revision: number,
  { anew = false, asked = false }: { anew?: boolean; asked?: boolean } = {},
): Handover {
  const { attempts: before = 0, remails = 0 } = handover.delivery ?? {};
  const attempts = anew || asked ? 1 : before + 1;
  const asks = remails + (asked ? 1 : 0);
  return {
    ...(anew ? withNewLink(handover) : handover),
    delivery: {
      attempts,
      queuedIn: revision,
      retryAt: retryAfter(attempts, change.at),
      ...(asks === 0 ? {} : { remails: asks }),
    },
  };
}

/** Every link sent before is worthless from now on. */
export function withNewLink(handover: Handover): Handover {
  return { ...handover, linkNo: handover.linkNo + 1 };
}

/** The link was used; from now on only whoever used it may read on, for ten minutes. */
export function handoverOpened(handover: Handover, nonceHash: string, change: Change): Handover {
  const { delivery, ...rest } = handover;
  const { retryAt: _retry, ...told } = delivery ?? queued(0, change.at);
  return {
    ...rest,
    // Used in the last minute of its life, it can still be read again for ten.
    expiresAt: latest(handover.expiresAt, later(change.at, rereadMilliseconds)),
    delivery: told,
    openedAt: change.at,
    openedBy: nonceHash,
  };
}

/** The ciphertext is destroyed: nobody reads the secret any more. One that its owner never took says so. */
export function handoverEnded(handover: Handover, change: Change): Handover {
  const ended = withoutCiphertext(handover);
  return isTaken(handover) ? ended : { ...ended, expiredAt: change.at };
}

/**
 * Its owner says that the secret is stored: nobody needs it any more, and every link to it counts as used. Known to whoever
 * asked for it, it counts as taken from now on.
 */
export function handoverStored(handover: Handover, change: Change): Handover {
  const stored = withoutCiphertext(handover);
  return stored.openedAt === undefined ? { ...stored, openedAt: change.at } : stored;
}

function withoutCiphertext(handover: Handover): Handover {
  const { ciphertext: _destroyed, delivery, ...rest } = handover;
  if (delivery === undefined) return rest;
  const { retryAt: _retry, ...told } = delivery;
  return { ...rest, delivery: told };
}
