import { openHeaders, rateLimitHeaders } from '../runtime/answer-headers.ts';
import type { Route } from '../runtime/api-route.ts';
import { ownUsageSchema } from './rules/report.ts';

export const usageRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/usage',
    operationId: 'getUsage',
    summary: 'See what is left of the month',
    description:
      'Tells the limits of the subscription that the key belongs to, and what was used of them. Asking is free: it counts against nothing.',
    tag: 'Usage',
    access: 'api-key',
    answers: [
      {
        status: 200,
        description: 'The present month.',
        headers: { ...openHeaders, ...rateLimitHeaders },
        body: {
          schema: ownUsageSchema,
          examples: {
            month: {
              summary: 'A month that has begun',
              value: {
                subscriptionId: 'sub_0123456789AbCdEfGhIj',
                tier: 'pro',
                period: '2026-11',
                limit: 10_000,
                total: 1204,
                remaining: 8796,
                resetsAt: '2026-12-01T00:00:00.000Z',
                days: { '2026-11-26': 1164, '2026-11-27': 40 },
                ratePerSecond: 20,
                burst: 40,
                key: { keyId: '0AbCdEfGhIjK', version: 2, total: 311 },
              },
            },
          },
        },
      },
    ],
  },
];
