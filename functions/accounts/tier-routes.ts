import type { Route } from '../runtime/api-route.ts';
import { noParameter, one, refusedAnywhere } from './account-routes.ts';
import * as answers from './answers.ts';
import { repeatable } from './key-routes.ts';
import { chooseTierBody } from './messages.ts';
import { examplePayment, exampleRequest } from './route-examples.ts';

export const tierRoutes: readonly Route[] = [
  {
    method: 'put',
    path: '/account/tier',
    operationId: 'chooseTier',
    summary: 'Choose a tier',
    description:
      '`free` begins at once, or when the month that is paid ends. `pro` begins once it is paid: the answer tells where. `enterprise` is a request that somebody answers; one a day may be opened, and another note on an open one replaces the former. Choosing the tier that you have changes nothing, but takes back a cancellation, and a request that is open. A missing payment is not made here, but on the page of `POST /account/portal`. After a payment was taken back (`payment.reversal` of `GET /account`), choose `pro` again: what it was for ends, and the answer tells where to pay anew.',
    tag: 'Payment',
    access: 'sign-in',
    request: {
      body: {
        schema: chooseTierBody,
        examples: {
          pro: { summary: 'A tier that costs money', value: { tier: 'pro' } },
          enterprise: {
            summary: 'A tier that somebody approves',
            value: { tier: 'enterprise', note: exampleRequest.note },
          },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'What came of it.',
        body: {
          schema: answers.tierChange,
          examples: {
            payment: {
              summary: 'To be paid',
              value: { tier: 'free', outcome: 'payment-required', checkout: examplePayment },
            },
            requested: {
              summary: 'Asked for',
              value: { tier: 'free', outcome: 'requested', request: exampleRequest },
            },
            unchanged: { summary: 'Had already', value: { tier: 'pro', outcome: 'unchanged' } },
            ending: {
              summary: 'Canceled: paid until then',
              value: { tier: 'pro', outcome: 'ends-with-period', changesAt: '2026-12-01T08:35:00.000Z' },
            },
          },
        },
      },
    ],
    problems: [
      ...refusedAnywhere('tier', 'must be one of free, pro, enterprise'),
      'payment-unavailable',
      {
        name: 'conflict',
        members: {
          detail: 'Your tier is enterprise, by contract: ask support@aiweedcompany.com to change it.',
        },
      },
      {
        name: 'limit-reached',
        members: { detail: 'The tier enterprise was asked for today already; ask again tomorrow (UTC).' },
      },
    ],
  },
  {
    method: 'post',
    path: '/account/portal',
    operationId: 'openPaymentPortal',
    summary: 'Change your card, or cancel',
    description:
      'Opens Stripe’s page about your payments: card, invoices, cancellation. The address works for a few minutes, for you alone.',
    tag: 'Payment',
    access: 'sign-in',
    request: { headers: repeatable },
    answers: [
      {
        status: 200,
        description: 'The page’s address.',
        body: one(answers.portal, 'A page', { url: 'https://billing.stripe.com/p/session/live_a1b2c3' }),
      },
    ],
    problems: [
      ...noParameter,
      'payment-unavailable',
      {
        name: 'conflict',
        members: { detail: 'There are no payments yet: choose the tier pro first.' },
      },
    ],
  },
];
