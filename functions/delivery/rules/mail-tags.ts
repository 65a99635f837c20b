/** What a mail carries for the events that come back of it: the item, and what of it the mail was. */
export interface MailTags {
  readonly keyId: string;
  readonly kind: string;
  /** Of the mail that brings a secret: which one, by which link, or in the mail itself. */
  readonly version?: string;
  readonly linkNo?: string;
  readonly channel?: 'link' | 'pgp';
  /** Which message it was, of those that hold no secret. */
  readonly message?: string;
  /** The try that it was. */
  readonly attempt?: string;
}

/** In SES's form: letters, digits, `_`, `-` and `.` only, which all of ours are. */
export function sesTags(tags: MailTags): { Name: string; Value: string }[] {
  return Object.entries(tags).map(([Name, Value]) => ({ Name, Value: String(Value) }));
}

/** From an event's `mail.tags`: each tag has a list of values. @returns undefined for mail that is not of ours */
export function readTags(tags: Readonly<Record<string, readonly string[]>>): MailTags | undefined {
  const tag = (name: string) => tags[name]?.[0];
  const [keyId, kind, channel] = [tag('keyId'), tag('kind'), tag('channel')];
  if (keyId === undefined || kind === undefined) return undefined;
  const optional = (['version', 'linkNo', 'attempt'] as const).flatMap((name) => {
    const value = tag(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    keyId,
    kind,
    ...Object.fromEntries(optional),
    ...(channel === 'link' || channel === 'pgp' ? { channel } : {}),
  };
}
