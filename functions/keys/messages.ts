import * as z from 'zod';
import { tierNames } from '../../lib/tiers.ts';
import { containsKey, isKeyId, isPrefix } from './rules/key-format.ts';

/** The payloads of the management functions: validation and types in one. Unknown fields are refused. */
const text = (what: string, maximum: number) =>
  z
    .string({ error: `must be ${what}` })
    .trim()
    .min(1, { error: `must be ${what}, not empty` })
    .max(maximum, { error: `must be at most ${maximum} characters` })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
    .regex(/^[^\u0000-\u001f\u007f]*$/u, { error: 'must not contain control characters' })
    // What is stored and recorded of an act must not be a secret, even one pasted by mistake.
    .refine((value) => !containsKey(value), { error: 'must not contain an API key' });

const keyId = z.string({ error: 'must be a key id: 12 letters and digits' }).refine(isKeyId, {
  error: 'must be a key id: 12 letters and digits',
});
const subscriptionId = z
  .string({ error: 'must be a subscription id: sub_ and 20 letters and digits' })
  .regex(/^sub_[0-9A-Za-z]{20}$/, { error: 'must be a subscription id: sub_ and 20 letters and digits' });
const requestedBy = text('the name of the person who asks, for the record', 200);
const reason = text('the reason, for the record', 500).optional();
const idempotencyKey = text(
  'a text of your choice, the same for every repetition of one request',
  128,
).optional();

export const generateKeyRequest = z.strictObject({
  tier: z.enum(tierNames, { error: `must be one of ${tierNames.join(', ')}` }),
  email: z
    .email({ error: 'must be an e-mail address' })
    .max(254, { error: 'must be at most 254 characters' }),
  prefix: z
    .string({ error: 'must be a text' })
    .refine(isPrefix, { error: 'must be 2 to 12 lower-case letters and digits, beginning with a letter' })
    .default('user'),
  name: text('a name for the key', 64).default('default'),
  subscriptionId: subscriptionId.optional(),
  idempotencyKey,
  requestedBy,
});
export type GenerateKeyRequest = z.output<typeof generateKeyRequest>;

export const rotateKeyRequest = z.strictObject({
  keyId,
  graceHours: z
    .number({ error: 'must be a number of hours from 0 to 168' })
    .min(0, { error: 'must be a number of hours from 0 to 168' })
    .max(168, { error: 'must be a number of hours from 0 to 168' })
    .default(0),
  idempotencyKey,
  reason,
  requestedBy,
});
export type RotateKeyRequest = z.output<typeof rotateKeyRequest>;

export const revokeKeyRequest = z.strictObject({ keyId, reason, requestedBy });
export type RevokeKeyRequest = z.output<typeof revokeKeyRequest>;

export const getKeyRequest = z
  .strictObject({
    keyId: keyId.optional(),
    apiKey: z
      .string({ error: 'must be a whole API key' })
      .max(200, { error: 'is too long for an API key' })
      .optional(),
  })
  .refine(({ keyId, apiKey }) => (keyId === undefined) !== (apiKey === undefined), {
    error: 'must have exactly one of keyId and apiKey',
  });
export type GetKeyRequest = z.output<typeof getKeyRequest>;
