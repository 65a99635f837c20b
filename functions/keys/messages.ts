import * as z from 'zod';
import { tierNames } from '../../lib/tiers.ts';
import {
  cursor,
  email,
  exactlyOneOf,
  idempotencyKey,
  keyId,
  pageSize,
  reason,
  requestedBy,
  subscriptionId,
  text,
} from '../runtime/fields.ts';
import { isKeyId, isPrefix } from './rules/key-format.ts';

/** The payloads of the management functions about keys: validation and types in one. Unknown fields are refused. */

const tier = z.enum(tierNames, { error: `must be one of ${tierNames.join(', ')}` });

/** R18: the owner gets the key by mail too; false: the mail merely tells that it was made. */
const deliver = z.boolean({ error: 'must be true or false' }).default(true);

export const generateKeyRequest = z.strictObject({
  tier,
  email,
  prefix: z
    .string({ error: 'must be a text' })
    .refine(isPrefix, {
      error: 'must be 2 to 12 lower-case letters and digits, beginning with a letter',
    })
    .default('user'),
  name: text('a name for the key', 64).default('default'),
  subscriptionId: subscriptionId.optional(),
  deliver,
  idempotencyKey,
  reason,
  requestedBy,
});

const graceHours = 'must be a number of hours from 0 to 168';
export const rotateKeyRequest = z.strictObject({
  keyId,
  graceHours: z
    .number({ error: graceHours })
    .min(0, { error: graceHours })
    .max(168, { error: graceHours })
    .default(0),
  deliver,
  idempotencyKey,
  reason,
  requestedBy,
});

export const revokeKeyRequest = z.strictObject({ keyId, reason, requestedBy });
export const suspendKeyRequest = z.strictObject({ keyId, reason, requestedBy });
export const resumeKeyRequest = z.strictObject({ keyId, reason, requestedBy });

export const getKeyRequest = z
  .strictObject({
    keyId: keyId.optional(),
    apiKey: z
      .string({ error: 'must be a whole API key' })
      .max(200, { error: 'is too long for an API key' })
      .optional(),
  })
  .refine(...exactlyOneOf('keyId', 'apiKey'));

export const listKeysRequest = z
  .strictObject({
    subscriptionId: subscriptionId.optional(),
    email: email.optional(),
    limit: pageSize(100, 25),
    /** Id of the last key of the page before. */
    cursor: cursor((position): position is string => typeof position === 'string' && isKeyId(position)),
  })
  .refine(...exactlyOneOf('subscriptionId', 'email'));

export const changeTierRequest = z.strictObject({
  subscriptionId,
  tier,
  reason,
  requestedBy,
});

export const rotatePepperRequest = z.strictObject({ reason, requestedBy });
export const getPepperUsageRequest = z.strictObject({});
