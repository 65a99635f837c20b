import { type Handover, type KeyItem, loggableForm, type Message } from '../../keys/rules/index.ts';
import { oldSecret } from './messages-of.ts';
import type { DoneBy, MailedSecret, OwnerMail, RotatedMail } from './owner-mail.ts';

/** What a mail needs beside the change that it tells of. */
export interface MailContext {
  /** The owner's name. */
  readonly name: string | undefined;
  readonly requestsPerMonth: number;
  readonly graceHours: number;
  /** The link of a handover, by its version and number. */
  readonly linkOf: (claim: { keyId: string; version: number; linkNo: number }) => string;
}

/** The mail that brings a new secret. */
export function handoverMail(
  key: KeyItem,
  handover: Handover,
  secret: MailedSecret,
  context: MailContext,
): OwnerMail {
  const { cause = 'new', at = key.createdAt, by, reason } = handover.origin ?? {};
  const doneBy = byOf({ ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) });
  const about = aboutKey(key, context);
  if (cause === 'new') return { kind: 'new-key', ...about, secret, ...doneBy };
  return { kind: 'rotated', ...about, cause, secret, ...doneBy, ...oldSecret(key, at), at };
}

/** Any other mail. @throws Error for a kind that nobody writes */
export function messageMail({ kind, facts }: Message, key: KeyItem, context: MailContext): OwnerMail {
  const about = aboutKey(key, context);
  const fact = (name: string) => facts[name] ?? '';
  const oldRetiresAt = facts['oldRetiresAt'];
  const old = oldRetiresAt === undefined ? {} : { oldRetiresAt };
  const url = () =>
    context.linkOf({
      keyId: key.keyId,
      version: Number(fact('version')),
      linkNo: Number(fact('linkNo')),
    });
  switch (kind) {
    case 'new-key':
      return { kind, ...about, secret: { by: 'answer' }, ...byOf(facts) };
    case 'rotated':
      return {
        kind,
        ...about,
        cause: fact('cause') as RotatedMail['cause'],
        secret: { by: 'answer' },
        ...byOf(facts),
        ...old,
        at: fact('at'),
      };
    case 'notice':
      return { kind, ...about, rotatesAt: fact('rotatesAt'), graceHours: context.graceHours };
    case 'reminder':
      return {
        kind,
        ...about,
        oldRetiresAt: fact('oldRetiresAt'),
        lastUsedAt: fact('lastUsedAt'),
        ...(facts['version'] === undefined ? {} : { url: url() }),
      };
    case 'claimed':
      return { kind, ...about, openedAt: fact('openedAt'), url: url() };
    case 'claim-expired':
      return {
        kind,
        ...about,
        ...(facts['answered'] === undefined ? {} : { answered: facts['answered'] }),
        expiredAt: fact('expiredAt'),
        url: url(),
        ...old,
        at: fact('at'),
      };
    case 'resumed':
      return { kind, ...about, suspendedAt: fact('suspendedAt'), at: fact('at') };
    default:
      throw new Error(`there is no mail of kind ${kind}`);
  }
}

function aboutKey(key: KeyItem, { name, requestsPerMonth }: MailContext) {
  return {
    ...(name === undefined ? {} : { name }),
    key: {
      keyId: key.keyId,
      display: loggableForm(key.prefix, key.keyId),
      name: key.name,
      tier: key.tier,
      requestsPerMonth,
    },
  };
}

function byOf({ by, reason }: Readonly<Record<string, string>>): { by?: DoneBy } {
  if (by === undefined) return {};
  return { by: { who: by, ...(reason === undefined ? {} : { reason }) } };
}
