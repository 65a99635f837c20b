import * as z from 'zod';
import { dashboardHeaders, rateLimitHeaders } from '../runtime/answer-headers.ts';
import type { Message, Route, RouteProblem } from '../runtime/api-route.ts';
import * as answers from './answers.ts';
import { exampleOpenPgpKey } from './field-examples.ts';
import { auditQuery, settingsBody, usageQuery } from './messages.ts';
import * as examples from './route-examples.ts';

/** What any route of an account may refuse: a parameter that it does not have, and an account that was just deleted. */
export function refusedAnywhere(path: string, detail: string): readonly RouteProblem[] {
  return [{ name: 'invalid-request', members: { errors: [{ path, detail }] } }, { name: 'no-such-thing' }];
}

export const noParameter = refusedAnywhere('query.colour', 'is not a parameter of this request: remove it');

/** A message with one example. */
export function one(schema: z.ZodType, summary: string, value: unknown): Message {
  return { schema, examples: { example: { summary, value } } };
}

const cursor = 'must be the cursor of an earlier answer';

const asFile = {
  ...dashboardHeaders,
  'Content-Disposition': z
    .literal('attachment; filename="account.json"')
    .meta({ description: 'A browser stores it as a file.' }),
};

/** Where the month is the present one. */
const presentLimits = {
  'RateLimit-Policy': rateLimitHeaders['RateLimit-Policy'].optional().meta({
    description: 'Of the present month alone: its quota, as the API itself tells it.',
  }),
  RateLimit: rateLimitHeaders.RateLimit.optional().meta({
    description: 'Of the present month alone: what is left of it.',
  }),
};

export const ownRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/account',
    operationId: 'getAccount',
    summary: 'See your account',
    description:
      'Your tier and its limits, what can be chosen, how payments stand, and what is left of the month. The first request of a new sign-in opens the account, in tier `free`; a subscription that was made for your e-mail address before becomes yours.',
    tag: 'Account',
    access: 'sign-in',
    answers: [
      {
        status: 200,
        description: 'Your account.',
        body: {
          schema: answers.account,
          examples: {
            paying: { summary: 'An account that pays', value: examples.exampleAccount },
            new: { summary: 'A new one, where payment is not set up', value: examples.exampleNewAccount },
          },
        },
      },
    ],
    problems: noParameter,
  },
  {
    method: 'delete',
    path: '/account',
    operationId: 'deleteAccount',
    summary: 'Delete your account',
    description:
      'Ends it for good and at once: its keys stop, a paid tier is canceled, your personal data is removed, and your sign-in is deleted. What remains on record names a number, and nobody.',
    tag: 'Account',
    access: 'sign-in',
    answers: [
      {
        status: 200,
        description: 'It is deleted.',
        body: one(answers.deletedAccount, 'Deleted', {
          status: 'deleted',
          deletedAt: '2026-11-27T10:00:00.000Z',
        }),
      },
    ],
    problems: noParameter,
  },
  {
    method: 'get',
    path: '/account/usage',
    operationId: 'getAccountUsage',
    summary: 'See a month of your usage',
    description:
      'Requests of one calendar month, by day and by key. The present month comes with the rate-limit headers that the API answers.',
    tag: 'Account',
    access: 'sign-in',
    request: { query: usageQuery },
    answers: [
      {
        status: 200,
        description: 'The month.',
        headers: { ...dashboardHeaders, ...presentLimits },
        body: one(answers.usageReport, 'A month that has begun', examples.exampleUsage),
      },
    ],
    problems: refusedAnywhere('query.period', 'must be a month such as 2026-11'),
  },
  {
    method: 'get',
    path: '/account/audit',
    operationId: 'listAccountAudit',
    summary: 'See what is on record',
    description:
      'Every change of your account and of your keys, newest first: what happened, when, and by whom. Entries are never changed or removed; each one holds the hash of the one before it.',
    tag: 'Account',
    access: 'sign-in',
    request: { query: auditQuery },
    answers: [
      {
        status: 200,
        description: 'A page of the record.',
        body: one(answers.auditPage, 'A page after which there is another', {
          entries: [examples.exampleEntry],
          cursor: 'eyIwQWJDZEVmR2hJaksiOjN9',
        }),
      },
    ],
    problems: refusedAnywhere('query.cursor', cursor),
  },
  {
    method: 'put',
    path: '/account/settings',
    operationId: 'changeAccountSettings',
    summary: 'Change your settings',
    description:
      'Your name, your OpenPGP key and your preferences; what is absent stays as it is. With an OpenPGP key on file, new keys are mailed encrypted to it: compare the fingerprint in the answer with what your own program says. A change of the key is told by mail.',
    tag: 'Account',
    access: 'sign-in',
    request: {
      body: {
        schema: settingsBody,
        required: false,
        examples: {
          name: { summary: 'Another name', value: { name: 'Ada Lovelace' } },
          key: { summary: 'An OpenPGP key', value: { openPgpKey: exampleOpenPgpKey } },
          none: {
            summary: 'No OpenPGP key any more, and no keys in mails',
            value: { openPgpKey: null, preferences: { mailNewKeys: false } },
          },
          urgent: {
            summary: 'Mails of urgent alerts alone',
            value: { preferences: { mailAlerts: 'critical' } },
          },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'Your settings as they are now.',
        body: one(answers.changedSettings, 'With an OpenPGP key', examples.exampleSettings),
      },
    ],
    problems: [...refusedAnywhere('openPgpKey', 'must be an ASCII-armored OpenPGP public key'), 'conflict'],
  },
  {
    method: 'get',
    path: '/account/export',
    operationId: 'exportAccount',
    summary: 'Take your data with you',
    description: 'All that is kept about you, as one JSON file; secrets of keys are kept nowhere.',
    tag: 'Account',
    access: 'sign-in',
    answers: [
      {
        status: 200,
        description: 'All that is kept.',
        headers: asFile,
        body: one(answers.accountExport, 'A small account', {
          exportedAt: '2026-11-27T10:00:00.000Z',
          account: examples.exampleAccount,
          keys: [examples.exampleKey],
          usage: [examples.exampleUsage],
          record: [examples.exampleEntry],
          recordIsCut: false,
          alerts: [examples.exampleAlert],
          alertsAreCut: false,
        }),
      },
    ],
    problems: noParameter,
  },
];
