import * as z from 'zod';
import { subscriptionId } from '../runtime/fields.ts';
import { type Period, parsePeriod } from './rules/period.ts';

/** The payload of `get-usage`. `period` is a calendar month in UTC; absent, the present one. */
export const getUsageRequest = z.strictObject({
  subscriptionId,
  period: z
    .string({ error: 'must be a month such as 2026-11' })
    .transform((text, context): Period => {
      const period = parsePeriod(text);
      if (period !== undefined) return period;
      context.addIssue({ code: 'custom', message: 'must be a month such as 2026-11' });
      return z.NEVER;
    })
    .optional(),
});
