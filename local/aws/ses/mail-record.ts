import { type Header, headerValues, mailboxesIn } from './raw-message.ts';

/** The `mail` of every event: what was sent, by whom and to whom, with the request's tags. */
export function mailRecord(sent: {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly messageId: string;
  readonly source: string;
  readonly sourceArn: string;
  readonly accountId: string;
  readonly recipients: readonly string[];
  readonly headers: readonly Header[];
  readonly tags: readonly { readonly Name: string; readonly Value: string }[];
  readonly configurationSet: string | undefined;
  readonly callerArn: string;
}): object {
  const { at, messageId, source, headers } = sent;
  const domain = source.replace(/>\s*$/, '').split('@').at(-1) ?? '';
  const tags = [
    ...(sent.configurationSet === undefined
      ? []
      : [['ses:configuration-set', sent.configurationSet] as const]),
    ['ses:source-ip', '127.0.0.1'] as const,
    ['ses:from-domain', domain] as const,
    ['ses:caller-identity', sent.callerArn.split('/').at(-1) ?? ''] as const,
    ...sent.tags.map(({ Name, Value }) => [Name, Value] as const),
  ];
  return {
    timestamp: new Date(at).toISOString(),
    source,
    sourceArn: sent.sourceArn,
    sendingAccountId: sent.accountId,
    messageId,
    destination: sent.recipients,
    headersTruncated: false,
    headers,
    commonHeaders: {
      from: headerValues(headers, 'From').flatMap(mailboxesIn),
      to: headerValues(headers, 'To').flatMap(mailboxesIn),
      messageId,
      subject: headerValues(headers, 'Subject')[0],
    },
    tags: Object.fromEntries(tags.map(([name, value]) => [name, [value]])),
  };
}
