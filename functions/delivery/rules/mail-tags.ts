import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a mail carries for the events that come back of it: the item, and what of it the mail was. */
export type MailTags = KeyMailTags | AccountMailTags;

/** Of a mail about a key. */
export interface KeyMailTags {
  readonly keyId: string;
  readonly kind: string;
  /** Of the mail that brings a secret: which one, by which link, or in the mail itself. */
  readonly version?: string;
  readonly linkNo?: string;
  readonly channel?: 'link' | 'pgp';
  /** The try that it was. */
  readonly attempt?: string;
  /** Which message it was, of those that hold no secret. */
  readonly message?: string;
}

/** Of a mail about an account, its tier or its payments, or about what is unusual with it. */
export interface AccountMailTags {
  readonly subscriptionId: string;
  readonly kind: string;
  /** The revision that it tells of; of an alert its id, too: `alert_01J...-2`. */
  readonly message: string;
}

const keyNames = ['keyId', 'kind', 'version', 'linkNo', 'channel', 'attempt', 'message'] as const;
const accountNames = ['subscriptionId', 'kind', 'message'] as const;

/**
 * In SES's form: letters, digits, `_`, `-` and `.` only, which all of ours are. Sealed by a MAC: whoever else in the account may
 * send through the configuration set must not be able to make events about our keys.
 */
export function sealedTags(tags: MailTags, secret: string): { Name: string; Value: string }[] {
  const known =
    'keyId' in tags ? present(keyNames, (name) => tags[name]) : present(accountNames, (name) => tags[name]);
  const plain = Object.entries(known).map(([Name, Value]) => ({ Name, Value }));
  return [...plain, { Name: 'seal', Value: sealOf(tags, secret) }];
}

/** From an event's `mail.tags`: each tag has a list of values. @returns undefined for mail that is not of ours */
export function readTags(
  tags: Readonly<Record<string, readonly string[]>>,
  secret: string,
): MailTags | undefined {
  const read = tags['keyId'] === undefined ? accountTags(tags) : keyTags(tags);
  if (read === undefined) return undefined;
  const expected = Buffer.from(sealOf(read, secret));
  const given = Buffer.from(tags['seal']?.[0] ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected) ? read : undefined;
}

type Told = Readonly<Record<string, readonly string[]>>;

function keyTags(tags: Told): KeyMailTags | undefined {
  const { keyId, kind, channel, ...rest } = first(tags, keyNames);
  if (keyId === undefined || kind === undefined) return undefined;
  if (channel !== undefined && channel !== 'link' && channel !== 'pgp') return undefined;
  return { keyId, kind, ...rest, ...(channel === undefined ? {} : { channel }) };
}

function accountTags(tags: Told): AccountMailTags | undefined {
  const { subscriptionId, kind, message } = first(tags, accountNames);
  if (subscriptionId === undefined || kind === undefined || message === undefined) return undefined;
  return { subscriptionId, kind, message };
}

function first<Name extends string>(tags: Told, names: readonly Name[]): { [N in Name]?: string } {
  return present(names, (name) => tags[name]?.[0]);
}

function present<Name extends string>(
  names: readonly Name[],
  of: (name: Name) => string | undefined,
): { [N in Name]?: string } {
  const found = names.flatMap((name) => {
    const value = of(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found) as { [N in Name]?: string };
}

/** No tags about an account have the seal of tags about a key. */
function sealOf(tags: MailTags, secret: string): string {
  return 'keyId' in tags
    ? mac(`mail tags ${contentOf(tags, keyNames)}`, secret)
    : mac(`account mail tags ${contentOf(tags, accountNames)}`, secret);
}

function contentOf<Name extends string>(
  tags: { readonly [N in Name]?: string },
  names: readonly Name[],
): string {
  return JSON.stringify(names.map((name) => tags[name] ?? ''));
}

function mac(content: string, secret: string): string {
  return createHmac('sha256', secret).update(content).digest('base64url');
}
