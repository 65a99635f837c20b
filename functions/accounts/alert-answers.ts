import * as z from 'zod';
import { alertKinds, closingReasons, severities } from '../alerts/rules/index.ts';
import { nextPage, text, time } from './answer-fields.ts';
import { exampleAlertCursor, exampleAlertId, exampleExplanation } from './field-examples.ts';
import { alertAnswer } from './messages.ts';

/** What an account's owner is told of what was unusual. */

export const accountAlert = z
  .object({
    alertId: text('Of the alert.', exampleAlertId),
    keyId: text(
      'The key that it is about; absent where it is about the whole account.',
      '0AbCdEfGhIjK',
    ).optional(),
    keyName: text('What you call that key.', 'Production').optional(),
    kind: z.enum(alertKinds).meta({
      description:
        '`surge`: many more requests than usual. `silence`: none any more of a key that was in steady use. `woke-up`: a key is in use again that nobody had used for weeks. `refusals`: many requests were refused. `new-network`: requests came from a network that none came from before. `quota-threshold`: 50, 80 or 100 % of the month’s requests are used. `quota-forecast`: at this pace they are used up before the month is over.',
    }),
    of: text(
      'Of `refusals` the status: `401`, `403` or `429`. Of `quota-threshold` the month and how much of it is used, in percent: `2026-11/80`. Of `new-network` the (first) network. Empty for the others.',
      '',
    ),
    severity: z.enum(severities).meta({ description: 'How urgent it is, or was at its height.' }),
    status: z.enum(['open', 'closed']).meta({ description: '`open` as long as it lasts.' }),
    explanation: text('What was seen, and what is usual, in plain words.', exampleExplanation),
    openedAt: time('When it was noticed.'),
    updatedAt: time('When something new was last seen of it.'),
    closedAt: time('When it was over, or you answered.').optional(),
    closedBecause: z.enum(closingReasons).optional().meta({
      description:
        '`over`: it closed by itself. Mostly the pattern ended; it may go on where it has lasted so long that it is the new usual (a surge or refusals 24 hours, a silence 14 days), where the key was suspended, or where a higher percentage of the month is told instead. `key-ended`: the key was revoked. Otherwise your first answer.',
    }),
    answer: z
      .object({ answer: alertAnswer, at: time('When you said so.') })
      .optional()
      .meta({ description: 'Your last answer.' }),
    rotatedAt: time(
      'When the key got a new secret by your answer, which it does once for an alert.',
    ).optional(),
    acknowledged: z
      .object({ at: time('When.') })
      .optional()
      .meta({ description: 'Support has seen it.' }),
    suspended: z
      .object({ at: time('When.') })
      .optional()
      .meta({
        description:
          'Its key was suspended for it, by what your tier’s policy says. Whether it is still, `suspendedKey` tells.',
      }),
    suspendedKey: z.boolean().meta({
      description:
        'Whether the key is suspended now because something was unusual (cause `anomaly`), by this alert or by another. `rotate` lifts that; `expected` does as far as this alert is the cause: `suspensions.anomaly.alertIds` of the key names all that are.',
    }),
    answers: z.array(alertAnswer).meta({
      description: 'What can usefully be answered now; none where there is nothing to be done.',
      example: ['suspend', 'rotate', 'expected'],
    }),
  })
  .meta({ id: 'AccountAlert', description: 'Something unusual that was noticed.' });

export const alertList = z
  .object({
    alerts: z.array(accountAlert).meta({
      description: 'Those of this page; it can hold fewer than asked for though there is another.',
    }),
    cursor: nextPage(exampleAlertCursor),
  })
  .meta({ id: 'AlertList', description: 'What was unusual, newest first.' });
