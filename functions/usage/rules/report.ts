import * as z from 'zod';
import type { Immutable } from '../../runtime/rules/immutable.ts';
import { periodShape } from './period.ts';

/** What is told of a month's usage: the types of use cases and the API's description come from these schemas. */

const count = (description: string, example: number) => z.int().min(0).meta({ description, example });

/** A month against its limit. */
export const monthCounts = {
  period: z
    .string()
    .regex(periodShape)
    .meta({ description: 'The calendar month in UTC.', example: '2026-11' }),
  limit: count('Requests that the month allows, for the whole subscription.', 10_000),
  total: count('Requests so far: every one that was admitted, whatever its answer.', 1204),
  remaining: count('Requests that are left.', 8796),
  resetsAt: z.string().meta({
    description: 'When the next month begins, in UTC.',
    format: 'date-time',
    example: '2026-12-01T00:00:00.000Z',
  }),
};

const days = z
  .record(z.string().regex(/^\d{4}-\d\d-\d\d$/), z.int().min(1))
  .meta({ description: 'Requests by day, days without any left out.', example: { '2026-11-27': 40 } });

const whose = {
  subscriptionId: z.string().meta({ description: 'Whose quota it is.', example: 'sub_0123456789AbCdEfGhIj' }),
  tier: z.string().meta({ description: 'The subscription’s tier.', example: 'pro' }),
};

/** All of a subscription, for its owner and for admins. */
export const usageReportSchema = z.object({
  ...whose,
  ...monthCounts,
  days,
  keys: z
    .record(z.string(), z.int().min(1))
    .meta({ description: 'Requests by key id.', example: { '0AbCdEfGhIjK': 40 } }),
});

export type UsageReport = Immutable<z.output<typeof usageReportSchema>>;

/** What the holder of a key is told: its own share, not that of the subscription's other keys. */
export const ownUsageSchema = z
  .object({
    ...whose,
    ...monthCounts,
    days,
    ratePerSecond: z
      .number()
      .positive()
      .optional()
      .meta({ description: 'Sustained requests per second.', example: 20 }),
    burst: z.int().min(1).optional().meta({ description: 'Requests that may come at once.', example: 40 }),
    key: z
      .object({
        keyId: z.string().meta({ description: 'Of the key that asks.', example: '0AbCdEfGhIjK' }),
        version: z.int().min(1).meta({ description: 'Of the secret that asks.', example: 2 }),
        total: count('Requests with this key in this month.', 311),
      })
      .meta({ description: 'The key that asks.' }),
  })
  .meta({ id: 'OwnUsage', description: 'The present month of the subscription that a key belongs to.' });

export type OwnUsage = Immutable<z.output<typeof ownUsageSchema>>;
