import {
  type Handover,
  isSuspended,
  type KeyItem,
  type Message,
  type Outgoing,
} from '../../keys/rules/index.ts';
import type { ChangeAction } from '../../runtime/rules/change.ts';

/** What one revision of a key gives to send. */
export interface Dispatch {
  /** The mail that brings the secret, or the link to it. */
  readonly handover?: Handover;
  /** Everything else, to owner and admins. */
  readonly messages: readonly Message[];
}

/**
 * Derives from a revision what is to be told of it, so that no change can forget it and a revision that is delivered
 * twice tells the same: what its change means, and what it has queued again.
 * @param before the revision before, as the stream tells it
 */
export function messagesOf(key: KeyItem, before?: KeyItem): Dispatch {
  const { handover, revision, outbox = [] } = key;
  const isQueued = handover?.delivery?.queuedIn === revision && handover.ciphertext !== undefined;
  const again = outbox.filter(({ queuedIn }) => queuedIn === revision);
  return {
    ...(isQueued ? { handover } : {}),
    messages: [...again, ...toldOf(key, before)],
  };
}

function toldOf(key: KeyItem, before: KeyItem | undefined): Message[] {
  const { change, handover, rotateAt } = key;
  const at = change.at;
  const owner = (kind: string, facts: Record<string, string>) =>
    message(key, 'owner', kind, { at, ...facts });
  const admins = (kind: string, facts: Record<string, string>) =>
    message(key, 'admins', kind, { at, ...facts });
  switch (change.action as ChangeAction) {
    case 'generate-key':
      return handover?.delivery === undefined ? [owner('new-key', by(key))] : [];
    case 'rotate-key':
      return handover?.delivery === undefined
        ? [owner('rotated', { ...by(key), ...oldSecret(key, at), cause: causeOf(change) })]
        : [];
    case 'notice-rotation':
      return [owner('notice', { rotatesAt: rotateAt })];
    case 'remind-owner':
      return key.remindedFor === undefined ? [] : [owner('reminder', reminder(key, key.remindedFor))];
    case 'open-claim':
      return handover === undefined ? [] : [owner('claimed', { openedAt: at, ...link(handover) })];
    case 'expire-handover':
      return handover?.expiredAt === at
        ? [
            owner('claim-expired', {
              expiredAt: at,
              ...answeredTo(handover),
              ...link(handover),
              ...oldSecret(key, handover.origin?.at ?? at),
            }),
            admins('claim-expired', { version: String(handover.version), ...answeredTo(handover) }),
          ]
        : [];
    case 'dispute-claim':
      return [admins('claim-disputed', { version: String(endedIn(key) ?? '') })];
    case 'resume-key': {
      const { owner: own, anomaly } = before?.suspensions ?? {};
      const [suspendedAt] = [own, anomaly].flatMap((cause) => cause?.at ?? []).toSorted();
      // Whoever is signed in can let it go on: the owner shall know that it was done.
      const goesOn = suspendedAt !== undefined && !isSuspended(key);
      return goesOn ? [owner('resumed', { suspendedAt })] : [];
    }
    case 'redeliver':
    case 'fail-delivery':
      return failures(key).map((facts) => admins('mail-failed', facts));
    default:
      return [];
  }
}

function causeOf({ actor }: KeyItem['change']): 'admin' | 'owner' {
  return actor.kind === 'owner' ? 'owner' : 'admin';
}

/** The version that ended with this very revision. */
function endedIn({ retired, change }: KeyItem): number | undefined {
  return retired.find(({ retiredAt }) => retiredAt === change.at)?.version;
}

/** What was given up in this very revision. */
function failures({ handover, outbox = [], change }: KeyItem): Record<string, string>[] {
  const mails = outbox.filter(({ failedAt, to }) => failedAt === change.at && to === 'owner');
  return [
    ...(handover?.delivery?.failedAt === change.at
      ? [{ mail: 'the new key', why: handover.delivery.trouble ?? '' }]
      : []),
    ...mails.map(({ kind }: Outgoing) => ({ mail: kind, why: 'every try failed' })),
  ];
}

function message(key: KeyItem, to: 'owner' | 'admins', kind: string, facts: Record<string, string>): Message {
  // Several failures of one revision are told one by one.
  const about = facts['mail'] === undefined ? '' : `#${facts['mail']}`;
  return { id: `${to}#${kind}#${key.revision}${about}`, to, kind, facts };
}

/** The link stands in it while the new secret waits; which secret is old, for whoever looks whether it is in use. */
function reminder({ secrets, handover }: KeyItem, oldRetiresAt: string): Record<string, string> {
  const old = secrets.find(({ retiresAt }) => retiresAt === oldRetiresAt);
  const isWaiting = handover?.ciphertext !== undefined && handover.openedAt === undefined;
  return {
    oldRetiresAt,
    ...(old === undefined ? {} : { oldVersion: String(old.version) }),
    ...(isWaiting && handover.delivery !== undefined ? link(handover) : {}),
  };
}

function by({ change }: KeyItem): Record<string, string> {
  const { actor, reason } = change;
  return {
    ...(actor.kind === 'admin' ? { by: actor.id } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Who has the secret from an answer, where anybody has. */
function answeredTo({ answered, origin }: Handover): Record<string, string> {
  return answered === true ? { answered: origin?.by ?? 'whoever asked for it' } : {};
}

function link({ version, linkNo }: Handover): Record<string, string> {
  return { version: String(version), linkNo: String(linkNo) };
}

/** When the secret before the newest one, made at `since`, stops or has stopped. */
export function oldSecret(
  { secrets, retired }: Pick<KeyItem, 'secrets' | 'retired'>,
  since: string,
): { oldRetiresAt?: string } {
  const retiring = secrets.find(({ retiresAt }) => retiresAt !== undefined)?.retiresAt;
  // Of several, one was in use until then; the others were ended unused, or in the wrong hands, by the rotation itself.
  const ended = retired.map(({ retiredAt }) => retiredAt).filter((end) => end >= since);
  const oldRetiresAt = retiring ?? ended.toSorted().at(-1);
  return oldRetiresAt === undefined ? {} : { oldRetiresAt };
}
