import * as z from 'zod';
import { problemTypes, problemTypeUri } from './problems.ts';
import type { Fault } from './rules/fault.ts';

const shown = problemTypes['invalid-request'];

const fault: z.ZodType<Fault> = z
  .object({
    path: z.string().meta({
      description:
        'Where: a field such as `amount`, `body` for the whole body, `query.explain` for a parameter.',
      example: 'amount',
    }),
    detail: z.string().meta({
      description: 'What is wrong there, and what was expected.',
      example: 'is negative; expected a number from 0 to 1e15, in USD',
    }),
  })
  .meta({ description: 'One thing that is wrong with the request.' });

const time = (description: string) =>
  z.string().meta({ description, format: 'date-time', example: '2026-11-27T10:00:00.000Z' });

/** The body of every answer that is no success (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().meta({
      description: 'What kind of problem: stable, branch on it.',
      format: 'uri',
      example: problemTypeUri(shown, 'https://docs.aiweedcompany.com'),
    }),
    title: z.string().meta({ description: 'The kind in a few words.', example: shown.title }),
    status: z
      .int()
      .min(400)
      .max(599)
      .meta({ description: 'The status of the answer, once more.', example: shown.status }),
    detail: z
      .string()
      .meta({ description: 'What happened, why, and what to do next: for people.', example: shown.detail }),
    requestId: z.string().meta({
      description: 'Names this request: tell it to support.',
      example: 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5',
    }),
    support: z
      .string()
      .meta({ description: 'Where to ask.', format: 'email', example: 'support@aiweedcompany.com' }),
    statusPage: z.string().meta({
      description: 'Whether others have the problem too.',
      format: 'uri',
      example: 'https://status.aiweedcompany.com',
    }),
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
