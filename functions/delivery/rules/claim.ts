import { claimWindow, type Handover, isPast, isTaken, type KeyItem, later } from '../../keys/rules/index.ts';
import type { Claim } from './claim-token.ts';

/** Where a link stands. */
export type ClaimState =
  | { readonly kind: 'open'; readonly handover: Handover & { readonly ciphertext: string } }
  /** Used by the same client a moment ago: it may read again. */
  | { readonly kind: 'again'; readonly handover: Handover & { readonly ciphertext: string } }
  | { readonly kind: 'opened'; readonly openedAt: string }
  | { readonly kind: 'expired'; readonly expiredAt: string }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'revoked' };

/** What a link, whose MAC is right, is worth now. */
export function claimState(
  key: KeyItem | undefined,
  { version, linkNo }: Claim,
  nonce: string,
  now: Date,
): ClaimState {
  if (key === undefined || key.revokedAt !== undefined) return { kind: 'revoked' };
  const { handover } = key;
  if (handover?.version !== version || handover.delivery === undefined) return { kind: 'replaced' };
  if (handover.linkNo !== linkNo) return { kind: 'replaced' };
  const { ciphertext, openedAt } = handover;
  if (openedAt !== undefined) {
    const mayReread = handover.openedBy === nonce && !isPast(claimWindow(handover), now);
    return mayReread && ciphertext !== undefined
      ? { kind: 'again', handover: { ...handover, ciphertext } }
      : { kind: 'opened', openedAt };
  }
  if (ciphertext === undefined || isPast(handover.expiresAt, now)) {
    return { kind: 'expired', expiredAt: handover.expiredAt ?? handover.expiresAt };
  }
  return { kind: 'open', handover: { ...handover, ciphertext } };
}

/** A mail may have been lost: it is sent again on request, but not more often than this. */
const remailAfterMilliseconds = 60 * 60_000;

export type Renewal = 'mint' | 'remail' | 'nothing';

/**
 * What asking for a new link leads to, whichever link of the key it is asked with: a new version where the newest one
 * expired unused, the same mail again where its link still waits, and nothing otherwise, for the owner has a key.
 */
export function renewal(key: KeyItem | undefined, { version, linkNo }: Claim, now: Date): Renewal {
  if (key === undefined || key.revokedAt !== undefined) return 'nothing';
  if (Object.keys(key.suspensions).length > 0) return 'nothing';
  const { handover } = key;
  if (handover?.delivery === undefined || isTaken(handover)) return 'nothing';
  if (handover.ciphertext === undefined || isPast(handover.expiresAt, now)) {
    // A secret that somebody has from an answer may be in use: only its very own link may set its end.
    const isItsOwn = handover.version === version && handover.linkNo === linkNo;
    return handover.answered !== true || isItsOwn ? 'mint' : 'nothing';
  }
  const { sentAt, failedAt, remails = 0 } = handover.delivery;
  const last = failedAt ?? sentAt;
  const isDue = last !== undefined && isPast(later(last, remailAfterMilliseconds), now);
  return isDue && remails < mostRemails ? 'remail' : 'nothing';
}

/** For one link: whoever has it must not be able to fill the owner's mailbox. */
const mostRemails = 6;

/**
 * What disputing a used link ends: the newest secret, which is replaced, or one that is retiring since, which merely goes.
 * Undefined where the link was not used, or what it showed is over: disputing works once.
 */
export function disputed(
  key: KeyItem | undefined,
  { version, linkNo }: Claim,
): 'newest' | 'retiring' | undefined {
  const secret = key?.secrets.find((each) => each.version === version);
  if (key === undefined || key.revokedAt !== undefined || secret === undefined) return undefined;
  if (secret.openedByLink === linkNo) return 'retiring';
  const { handover } = key;
  const isNewest =
    handover?.version === version && handover.linkNo === linkNo && handover.openedAt !== undefined;
  return isNewest ? 'newest' : undefined;
}
