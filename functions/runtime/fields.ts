import * as z from 'zod';
import { containsSecret } from './rules/contains-key.ts';
import { decodeCursor } from './rules/cursor.ts';

/** The fields that payloads of several functions have in common: one meaning and one message each. */

/** A line of text for people: trimmed, not empty, without control characters. */
export const text = (what: string, maximum: number) =>
  z
    .string({ error: `must be ${what}` })
    .trim()
    .min(1, { error: `must be ${what}, not empty` })
    .max(maximum, { error: `must be at most ${maximum} characters` })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
    .regex(/^[^\u0000-\u001f\u007f]*$/u, { error: 'must not contain control characters' })
    .refine((value) => !containsSecret(value), { error: 'must not contain an API key' });

const matching = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

export const keyId = matching(/^[0-9A-Za-z]{12}$/, 'must be a key id: 12 letters and digits');
export const subscriptionId = matching(
  /^sub_[0-9A-Za-z]{20}$/,
  'must be a subscription id: sub_ and 20 letters and digits',
);
export const email = z
  .email({ error: 'must be an e-mail address' })
  .max(254, { error: 'must be at most 254 characters' })
  .refine((value) => !containsSecret(value), { error: 'must not contain an API key' });
export const requestedBy = text('the name of the person who asks, for the record', 200);
export const reason = text('the reason, for the record', 500).optional();
export const idempotencyKey = text(
  'a text of your choice, the same for every repetition of one request',
  128,
).optional();

/** Of any route; it matters where something is made. */
export const idempotencyKeyHeader = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, {
    error: 'must be 1 to 128 printable ASCII characters without spaces, such as a UUID',
  })
  .meta({
    description:
      'Of your choice, the same for every repetition of one request: a repetition within 10 minutes is answered as the first one was, and nothing is done twice.',
    example: '5f0c7a52-9d1e-4b86-8f3a-2c6d4e8b7a10',
  });

export const pageSize = (maximum: number, otherwise: number) => {
  const error = `must be a whole number from 1 to ${maximum}`;
  return z.int({ error }).min(1, { error }).max(maximum, { error }).default(otherwise);
};

/** The `cursor` of an earlier answer. @param isPosition whether what it holds is a position of this list */
export const cursor = <P>(isPosition: (position: unknown) => position is P) =>
  z
    .string({ error: 'must be the cursor of an earlier answer' })
    .transform((encoded, context): P => {
      const position = decodeCursor(encoded);
      if (isPosition(position)) return position;
      context.addIssue({ code: 'custom', message: 'must be the cursor of an earlier answer' });
      return z.NEVER;
    })
    .optional();

/** A refinement for payloads that name their subject in one of several ways. */
export const exactlyOneOf = (...names: string[]) =>
  [
    (payload: Readonly<Record<string, unknown>>) =>
      names.filter((name) => payload[name] !== undefined).length === 1,
    { error: `must have exactly one of ${names.join(' and ')}` },
  ] as const;
