import * as z from 'zod';
import type { Immutable } from '../runtime/rules/immutable.ts';

/** What whoever has a link is answered: types of the use cases and the API's description come from these schemas. */

export const openedClaim = z
  .object({
    apiKey: z
      .string()
      .meta({ description: 'The whole key: store it now.', example: 'user_0AbCdEfGhIjK_<secret>' }),
    keyId: z.string().meta({ description: 'Stays the same through rotations.', example: '0AbCdEfGhIjK' }),
    version: z
      .int()
      .min(1)
      .meta({ description: 'Which of the key’s secrets it is: the first one is 1.', example: 2 }),
    expiresAt: z.string().meta({
      description: 'Until when the same nonce may read it again, in UTC.',
      format: 'date-time',
      example: '2026-11-27T10:10:00.000Z',
    }),
  })
  .meta({ id: 'OpenedClaim', description: 'The key that the link was for.' });

export type OpenedClaim = Immutable<z.output<typeof openedClaim>>;

export const linkAnswer = z
  .object({
    status: z.enum(['accepted', 'done']).meta({
      description: 'The same whatever comes of it: what there is to tell is mailed to the key’s owner.',
    }),
  })
  .meta({ id: 'LinkAnswer', description: 'That the link was understood.' });

export type LinkAnswer = Immutable<z.output<typeof linkAnswer>>;
