import * as z from 'zod/mini';
import { type MailTags, readTags } from './mail-tags.ts';

/** What became of a mail, as SES tells it. */
export type MailEvent = {
  readonly tags: MailTags;
  readonly messageId: string;
} & (
  | { readonly kind: 'delivered' }
  /** `permanent`: the address takes no mail, for good. Otherwise it may later. `why` is for people. */
  | { readonly kind: 'bounced'; readonly permanent: boolean; readonly why: string; readonly address: string }
  | { readonly kind: 'complaint'; readonly address: string }
);

const recipients = z.array(z.object({ emailAddress: z.string() }));

const schema = z.object({
  eventType: z.string(),
  mail: z.object({
    messageId: z.string(),
    destination: z.array(z.string()),
    tags: z.optional(z.record(z.string(), z.array(z.string()))),
  }),
  bounce: z.optional(
    z.object({
      bounceType: z.string(),
      bounceSubType: z.optional(z.string()),
      bouncedRecipients: recipients,
    }),
  ),
  complaint: z.optional(z.object({ complainedRecipients: recipients })),
});

/**
 * Reads the JSON that SES publishes (event publishing, contents of SNS notifications).
 * @param secret the claim secret, which seals the tags of our mails
 * @returns undefined for mail that is not ours and for events that mean nothing to a key
 * @throws Error for what is no such event
 */
export function readMailEvent(message: string, secret: string): MailEvent | undefined {
  const { eventType, mail, bounce, complaint } = schema.parse(JSON.parse(message));
  const tags = readTags(mail.tags ?? {}, secret);
  if (tags === undefined) return undefined;
  const common = { tags, messageId: mail.messageId };
  const addressOf = (list: z.infer<typeof recipients>) =>
    // `Ada <ada@example.com>` is possible too.
    /([^\s<>]+@[^\s<>]+)/.exec(list[0]?.emailAddress ?? mail.destination[0] ?? '')?.[1] ?? '';
  if (eventType === 'Delivery') return { ...common, kind: 'delivered' };
  if (eventType === 'Complaint' && complaint !== undefined) {
    return { ...common, kind: 'complaint', address: addressOf(complaint.complainedRecipients) };
  }
  // SES found malware in it, or what looks like it: nothing that another try, or an admin, could not put right.
  if (eventType === 'Reject') {
    const address = mail.destination[0] ?? '';
    return { ...common, kind: 'bounced', permanent: false, why: 'rejected by SES', address };
  }
  if (eventType !== 'Bounce' || bounce === undefined) return undefined;
  const { bounceType, bounceSubType } = bounce;
  return {
    ...common,
    kind: 'bounced',
    permanent: bounceType === 'Permanent',
    why: [bounceType, bounceSubType].filter((part) => part !== undefined).join(', '),
    address: addressOf(bounce.bouncedRecipients),
  };
}
