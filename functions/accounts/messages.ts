import * as z from 'zod';
import { tierNames } from '../../lib/tiers.ts';
import { alertAnswers, alertIdPattern, isAlertId, noAlertId } from '../alerts/rules/index.ts';
import { isKeyId, isPrefix } from '../keys/rules/index.ts';
import { cursor, keyId, text } from '../runtime/fields.ts';
import { type Period, parsePeriod, periodShape } from '../usage/rules/index.ts';
import {
  exampleAlertCursor,
  exampleAlertId,
  exampleAuditCursor,
  exampleKeyCursor,
  exampleOpenPgpKey,
} from './field-examples.ts';

/**
 * What a signed-in subscriber sends. One schema per message: validation, types and the API's description come from it.
 * Unknown fields are refused.
 */

export const tierName = z
  .enum(tierNames, { error: `must be one of ${tierNames.join(', ')}` })
  .meta({ id: 'TierName', description: 'A tier.', example: 'pro' });

export const keyPath = z.strictObject({
  keyId: keyId.meta({ description: 'The id of one of your keys.', example: '0AbCdEfGhIjK' }),
});

export const chooseTierBody = z
  .strictObject({
    tier: tierName,
    note: text('what you need, for whoever answers your request', 1000).optional().meta({
      description: 'With `enterprise`: what you need, for whoever answers.',
      example: 'We expect 400,000 requests a month.',
    }),
  })
  .refine(({ tier, note }) => note === undefined || tier === 'enterprise', {
    path: ['note'],
    error: 'goes with enterprise only: nobody reads it otherwise',
  })
  .meta({ id: 'ChooseTier', description: 'The tier that is wanted.' });

export const createKeyBody = z
  .strictObject({
    name: text('a name for the key', 64)
      .default('default')
      .meta({ description: 'What you call it.', example: 'Production' }),
    prefix: z
      .string({ error: 'must be a text' })
      .refine(isPrefix, { error: 'must be 2 to 12 lower-case letters and digits, beginning with a letter' })
      .default('user')
      .meta({ description: 'How the key begins.', example: 'user', pattern: '^[a-z][a-z0-9]{1,11}$' }),
  })
  .meta({ id: 'CreateKey', description: 'A new key.' });

const graceHours = 'must be a number of hours from 0 to 168';
export const rotateKeyBody = z
  .strictObject({
    graceHours: z
      .number({ error: graceHours })
      .min(0, { error: graceHours })
      .max(168, { error: graceHours })
      .default(0)
      .meta({
        description: 'Hours for which the old secret goes on working; 0: it stops at once.',
        example: 24,
      }),
  })
  .meta({ id: 'RotateKey', description: 'How the old secret ends.' });

export const mailNewKeys = z.boolean({ error: 'must be true or false' }).meta({
  description:
    'Whether a key that you make or rotate is mailed too; false: the mail merely tells that it was.',
  example: true,
});

const alertMails = 'must be one of all, warning, critical';
export const mailAlerts = z.enum(['all', 'warning', 'critical'], { error: alertMails }).meta({
  description: 'Which alerts are mailed: those that are at least so urgent.',
  example: 'all',
});

const suspended = 'must be true or false';
export const suspensionBody = z
  .strictObject({
    suspended: z
      .boolean({ error: suspended })
      .meta({ description: 'Whether the key is to stand still.', example: true }),
  })
  .meta({ id: 'SuspendKey', description: 'Whether the key is to stand still.' });

const version = 'must be the version of the secret that was shown';
export const storedBody = z
  .strictObject({
    version: z
      .int({ error: version })
      .min(1, { error: version })
      .meta({ description: 'Of the secret that you stored.', example: 2 }),
  })
  .meta({ id: 'StoredSecret', description: 'Which secret is stored.' });

export const settingsBody = z
  .strictObject({
    name: text('your name', 100)
      .nullable()
      .optional()
      .meta({ description: 'Your name, for greetings; null removes it.', example: 'Ada Lovelace' }),
    openPgpKey: z
      .string({ error: 'must be an ASCII-armored OpenPGP public key' })
      .nullable()
      .optional()
      .meta({
        description:
          'Your ASCII-armored OpenPGP public key: new keys are then mailed encrypted to it; null removes it.',
        example: exampleOpenPgpKey,
      }),
    preferences: z
      .strictObject({ mailNewKeys: mailNewKeys.optional(), mailAlerts: mailAlerts.optional() })
      .optional()
      .meta({ description: 'What is to be mailed; a preference that is absent stays as it is.' }),
  })
  .meta({ id: 'ChangeSettings', description: 'What is absent stays as it is.' });

const month = 'must be a month such as 2026-11';
export const usageQuery = z.strictObject({
  period: z
    .string({ error: month })
    .transform((value, context): Period => {
      const period = parsePeriod(value);
      if (period !== undefined) return period;
      context.addIssue({ code: 'custom', message: month });
      return z.NEVER;
    })
    .optional()
    .meta({
      description: 'A calendar month in UTC; the present one where absent.',
      example: '2026-11',
      pattern: periodShape.source,
    }),
});

/** A query's values are texts; the description tells what they stand for. */
const count = (what: string, maximum: number, otherwise: number) =>
  z
    .string()
    .default(String(otherwise))
    .transform((value) => (/^\d{1,6}$/.test(value) ? Number(value) : Number.NaN))
    .pipe(
      z.custom<number>(isWholeNumberTo(maximum), { error: `must be a whole number from 1 to ${maximum}` }),
    )
    .meta({
      description: `${what} on a page.`,
      override: { type: 'integer', minimum: 1, maximum, default: otherwise, example: otherwise },
    });

const isWholeNumberTo = (maximum: number) => (value: unknown) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maximum;

const afterPage = (example: string) => ({
  description: '`cursor` of the page before; absent: the first page.',
  example,
});

const isKeyPosition = (position: unknown): position is string =>
  typeof position === 'string' && isKeyId(position);

export const listKeysQuery = z.strictObject({
  limit: count('Keys', 100, 25),
  cursor: cursor(isKeyPosition).meta(afterPage(exampleKeyCursor)),
});

/** Positions in the record of several subjects at once: of each, the sequence that was told last. */
const isAuditPosition = (position: unknown): position is Readonly<Record<string, number>> =>
  typeof position === 'object' &&
  position !== null &&
  !Array.isArray(position) &&
  Object.values(position).every((value) => Number.isSafeInteger(value) && Number(value) > 0);

export const auditQuery = z.strictObject({
  keyId: keyId.optional().meta({ description: 'Only what happened to this key.', example: '0AbCdEfGhIjK' }),
  limit: count('Entries', 100, 25),
  cursor: cursor(isAuditPosition).meta(afterPage(exampleAuditCursor)),
});

export const alertAnswer = z.enum(alertAnswers, { error: `must be one of ${alertAnswers.join(', ')}` }).meta({
  description:
    '`suspend`: the key stops until you lift that. `rotate`: it gets a new secret, and the old one stops at once. `expected`: this was you, and all is well.',
});

export const answerAlertBody = z
  .strictObject({ answer: alertAnswer.meta({ description: 'What is to be done.', example: 'expected' }) })
  .meta({ id: 'AnswerAlert', description: 'What you say to an alert.' });

export const alertPath = z.strictObject({
  alertId: z
    .string({ error: noAlertId })
    .refine(isAlertId, { error: noAlertId })
    .meta({
      description: 'The id of one of your alerts.',
      example: exampleAlertId,
      pattern: `^${alertIdPattern}$`,
    }),
});

const isAlertPosition = (position: unknown): position is string =>
  typeof position === 'string' && isAlertId(position);

const alertStatus = 'must be one of open, all';
export const alertsQuery = z.strictObject({
  status: z
    .enum(['open', 'all'], { error: alertStatus })
    .default('open')
    .meta({ description: '`open`: those that last; `all`: those that are over, too.', example: 'open' }),
  limit: count('Alerts', 100, 25),
  cursor: cursor(isAlertPosition).meta(afterPage(exampleAlertCursor)),
});
