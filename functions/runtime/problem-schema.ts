import * as z from 'zod';
import type { Fault } from './rules/fault.ts';

const fault: z.ZodType<Fault> = z
  .object({
    path: z.string().meta({
      description:
        'Where: a field such as `amount`, `body` for the whole body, `query.explain` for a parameter.',
    }),
    detail: z.string().meta({ description: 'What is wrong there, and what was expected.' }),
  })
  .meta({ description: 'One thing that is wrong with the request.' });

const time = (description: string) => z.string().meta({ description, format: 'date-time' });

/** The body of every answer that is no success (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'What kind of problem: stable, branch on it.', format: 'uri' }),
    title: z.string().meta({ description: 'The kind in a few words.' }),
    status: z.int().min(400).max(599).meta({ description: 'The status of the answer, once more.' }),
    detail: z.string().meta({ description: 'What happened, why, and what to do next: for people.' }),
    requestId: z.string().meta({ description: 'Tell it to support.' }),
    support: z.string().meta({ description: 'Where to ask.', format: 'email' }),
    statusPage: z.string().meta({ description: 'Whether others have the problem too.', format: 'uri' }),
    errors: z
      .array(fault)
      .min(1)
      .optional()
      .meta({ description: 'With `invalid-request`: every fault at once.' }),
    'violated-policies': z
      .array(z.enum(['month', 'rate']))
      .min(1)
      .optional()
      .meta({ description: 'With `quota-exceeded`: the month’s quota, or the rate.' }),
    reason: z
      .enum(['opened', 'expired', 'replaced', 'revoked'])
      .optional()
      .meta({ description: 'With 410: what became of the link.' }),
    openedAt: time('With reason `opened`: when.').optional(),
    expiredAt: time('With reason `expired`: when.').optional(),
  })
  .meta({
    id: 'Problem',
    description:
      'What went wrong, by RFC 9457. Problems may gain members: take no notice of what you do not know.',
  });
