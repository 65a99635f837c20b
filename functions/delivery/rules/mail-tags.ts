import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a mail carries for the events that come back of it: the item, and what of it the mail was. */
export interface MailTags {
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

const names = ['keyId', 'kind', 'version', 'linkNo', 'channel', 'attempt', 'message'] as const;

/**
 * In SES's form: letters, digits, `_`, `-` and `.` only, which all of ours are. Sealed by a MAC: whoever else in the account may
 * send through the configuration set must not be able to make events about our keys.
 */
export function sealedTags(tags: MailTags, secret: string): { Name: string; Value: string }[] {
  const plain = names.flatMap((name) => {
    const value = tags[name];
    return value === undefined ? [] : [{ Name: name, Value: value }];
  });
  return [...plain, { Name: 'seal', Value: mac(tags, secret) }];
}

/** From an event's `mail.tags`: each tag has a list of values. @returns undefined for mail that is not of ours */
export function readTags(
  tags: Readonly<Record<string, readonly string[]>>,
  secret: string,
): MailTags | undefined {
  const found = Object.fromEntries(
    names.flatMap((name) => {
      const value = tags[name]?.[0];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const { keyId, kind, channel, ...rest } = found;
  if (keyId === undefined || kind === undefined) return undefined;
  if (channel !== undefined && channel !== 'link' && channel !== 'pgp') return undefined;
  const read: MailTags = { keyId, kind, ...rest, ...(channel === undefined ? {} : { channel }) };
  const expected = Buffer.from(mac(read, secret));
  const given = Buffer.from(tags['seal']?.[0] ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected) ? read : undefined;
}

function mac(tags: MailTags, secret: string): string {
  const content = JSON.stringify(names.map((name) => tags[name] ?? ''));
  return createHmac('sha256', secret).update(`mail tags ${content}`).digest('base64url');
}
