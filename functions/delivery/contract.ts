import * as z from 'zod/mini';
import { json } from '../runtime/contract.ts';
import type { ChangeAction } from '../runtime/rules/change.ts';

const text = z.string().check(z.minLength(1));

/** Sending mail: the sender's address, and the configuration set that every mail goes through. */
export const mailEnvironment = z.object({ MAIL_FROM: text, MAIL_CONFIGURATION_SET: text });

/** What mails say about the product. */
export const mailProductEnvironment = z.object({
  MAIL_PRODUCT: json(
    z.object({
      name: text,
      company: text,
      apiUrl: text,
      documentationUrl: text,
      statusUrl: text,
      supportAddress: text,
    }),
  ),
});

/** Telling admins what they must act on. */
export const adminAlertsEnvironment = z.object({ ALERTS_TOPIC_ARN: text });

/** Making and checking the tokens of claim links. */
export const claimEnvironment = z.object({ CLAIM_SECRET_ARN: text });

/** Where claim links lead, without a `#`. */
export const claimPageEnvironment = z.object({ CLAIM_PAGE_URL: text });

/** Changes of a subscription of which its owner is mailed: the stream hands over these, and the function tells of these. */
export const accountMailActions = [
  'open-account',
  'join-account',
  'delete-account',
  'update-subscription',
  'change-tier',
  'request-tier',
  'approve-request',
  'decline-request',
  'payment-failed',
  'remind-payment',
  'payment-recovered',
  'payment-changed',
  'payment-reversed',
  'payment-restored',
] as const satisfies readonly ChangeAction[];

export type AccountMailAction = (typeof accountMailActions)[number];
