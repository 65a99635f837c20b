import * as z from 'zod';
import { email, reason, requestedBy, subscriptionId, text } from '../runtime/fields.ts';

/** The payload of `update-subscription`. Unknown fields are refused. */
export const updateSubscriptionRequest = z
  .strictObject({
    subscriptionId,
    email: email.optional(),
    name: text("the owner's name", 100).nullable().optional(),
    openPgpKey: z.string({ error: 'must be an ASCII-armored OpenPGP public key' }).nullable().optional(),
    reason,
    requestedBy,
  })
  .refine(
    ({ email: address, name, openPgpKey }) =>
      address !== undefined || name !== undefined || openPgpKey !== undefined,
    { error: 'must have at least one of email, name and openPgpKey' },
  );
