import * as z from 'zod';
import type { Route } from '../runtime/api-route.ts';

const event = z
  .looseObject({
    id: z
      .string()
      .meta({ description: 'Of the event: it is acted on once.', example: 'evt_1QzX2aBcDeFgHiJk' }),
    object: z.literal('event').meta({ description: 'What it is an object of.' }),
    type: z.string().meta({ description: 'What happened.', example: 'customer.subscription.updated' }),
    created: z.int().meta({ description: 'When, in seconds since 1970.', example: 1_795_773_600 }),
    data: z
      .looseObject({
        object: z.looseObject({}).meta({ description: 'As it was then: how it is now is asked of Stripe.' }),
      })
      .meta({ description: 'What it happened to.' }),
  })
  .meta({ id: 'StripeEvent', description: 'An event of Stripe’s API, as Stripe documents it.' });

const received = z
  .object({ received: z.literal(true).meta({ description: 'It was.' }) })
  .meta({ id: 'StripeEventReceived', description: 'That the event needs not be sent again.' });

export const paymentRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/webhooks/stripe',
    operationId: 'receiveStripeEvent',
    summary: 'For Stripe: tell what happened to a payment',
    description:
      'Stripe calls it, and nobody else can: the signature covers the body byte for byte, and the time. Whatever the event says, the present state is asked of Stripe before anything is done, so that events may come late, twice, or in any order.',
    tag: 'Payment',
    access: 'stripe',
    request: {
      body: {
        schema: event,
        examples: {
          paid: {
            summary: 'A subscription has changed',
            value: {
              id: 'evt_1QzX2aBcDeFgHiJk',
              object: 'event',
              type: 'customer.subscription.updated',
              created: 1795773600,
              data: { object: { id: 'sub_1QzX2aBcDeFgHiJk', object: 'subscription', status: 'active' } },
            },
          },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'It was received.',
        body: {
          schema: received,
          examples: { received: { summary: 'Received', value: { received: true } } },
        },
      },
    ],
    problems: [
      'signature-not-valid',
      'payment-unavailable',
      { name: 'request-too-large', members: { detail: 'A message has at most 512 KB.' } },
    ],
  },
];
