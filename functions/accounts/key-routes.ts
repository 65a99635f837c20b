import * as z from 'zod';
import type { Route } from '../runtime/api-route.ts';
import { idempotencyKeyHeader } from '../runtime/fields.ts';
import { noParameter, one, refusedAnywhere } from './account-routes.ts';
import * as answers from './answers.ts';
import {
  createKeyBody,
  keyPath,
  listKeysQuery,
  rotateKeyBody,
  storedBody,
  suspensionBody,
} from './messages.ts';
import * as examples from './route-examples.ts';

/** With a key of the caller's choice, a lost answer can be asked for again. */
export const repeatable = z.object({
  'Idempotency-Key': idempotencyKeyHeader
    .optional()
    .meta({ ...idempotencyKeyHeader.meta(), param: { id: 'IdempotencyKey' } }),
});

const notAKeyId = refusedAnywhere('path.keyId', 'must be a key id: 12 letters and digits');

const conflict = (detail: string) => ({ name: 'conflict', members: { detail } }) as const;
const revoked = conflict(
  'Key 0AbCdEfGhIjK was revoked at 2026-11-27T10:00:00.000Z, which is final; generate a new one.',
);

/** Of whatever an account does to its keys that is limited in no other way. */
const tooManyActs = {
  name: 'limit-reached',
  members: {
    detail:
      '60 times within this hour keys were suspended, let go on, or alerts answered, which is the most; go on in the next hour (UTC).',
  },
} as const;

export const keyRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/account/keys',
    operationId: 'listAccountKeys',
    summary: 'See your keys',
    description: 'All keys of your account, revoked ones too: all about them but their secrets.',
    tag: 'API keys',
    access: 'sign-in',
    request: { query: listKeysQuery },
    answers: [
      {
        status: 200,
        description: 'A page of your keys.',
        body: one(answers.keyList, 'Two keys', {
          keys: [examples.exampleKey, examples.exampleSuspendedKey],
        }),
      },
    ],
    problems: refusedAnywhere('query.limit', 'must be a whole number from 1 to 100'),
  },
  {
    method: 'post',
    path: '/account/keys',
    operationId: 'createAccountKey',
    summary: 'Make a key',
    description:
      'Makes a key in the tier of your account and shows it: here, and by mail if you want that, and never again. An account has at most 5 live keys, and makes at most 20 in a day (UTC); all of them share one quota.',
    tag: 'API keys',
    access: 'sign-in',
    request: {
      headers: repeatable,
      body: {
        schema: createKeyBody,
        required: false,
        examples: {
          named: { summary: 'With a name', value: { name: 'Production', prefix: 'user' } },
          least: { summary: 'All may be left out', value: {} },
        },
      },
    },
    answers: [
      {
        status: 201,
        description: 'The key. Store it now.',
        body: one(answers.createdKey, 'A key', examples.exampleCreatedKey),
      },
    ],
    problems: [
      ...refusedAnywhere('prefix', 'must be 2 to 12 lower-case letters and digits, beginning with a letter'),
      {
        name: 'limit-reached',
        members: {
          detail: 'Subscription sub_0123456789AbCdEfGhIj has 5 keys, which is the most; revoke one first.',
        },
      },
      conflict(
        'A payment was disputed at 2026-11-20T10:00:00.000Z: no key can be made until the next payment has been made.',
      ),
    ],
  },
  {
    method: 'get',
    path: '/account/keys/{keyId}',
    operationId: 'getAccountKey',
    summary: 'See one key',
    description: 'All about one of your keys but its secrets, and where its newest one is on its way to you.',
    tag: 'API keys',
    access: 'sign-in',
    request: { path: keyPath },
    answers: [
      {
        status: 200,
        description: 'The key.',
        body: one(answers.accountKey, 'A key that was just rotated', examples.exampleKey),
      },
    ],
    problems: notAKeyId,
  },
  {
    method: 'delete',
    path: '/account/keys/{keyId}',
    operationId: 'revokeAccountKey',
    summary: 'End a key for good',
    description:
      'The key stops with the next request, and never works again. Doing it again changes nothing. A key that support has suspended, which stops it as well, is ended by support.',
    tag: 'API keys',
    access: 'sign-in',
    request: { path: keyPath },
    answers: [
      {
        status: 200,
        description: 'It is over.',
        body: one(answers.revokedKey, 'Revoked', examples.exampleRevokedKey),
      },
    ],
    problems: [
      ...notAKeyId,
      conflict('Key 0AbCdEfGhIjK was suspended by support, and works for nobody: ask support to end it.'),
    ],
  },
  {
    method: 'post',
    path: '/account/keys/{keyId}/rotate',
    operationId: 'rotateAccountKey',
    summary: 'Give a key a new secret',
    description:
      'The key keeps its id, its usage and its history. The old secret stops at once, or after the hours that you ask for; the new one is shown here, and mailed if you want that. A key that you have suspended, or that was suspended because something was unusual, stays so: the new secret works once you let the key go on. One that is suspended for another cause is refused. A key is rotated at most 4 times in an hour.',
    tag: 'API keys',
    access: 'sign-in',
    request: {
      path: keyPath,
      headers: repeatable,
      body: {
        schema: rotateKeyBody,
        required: false,
        examples: {
          day: { summary: 'The old secret goes on for a day', value: { graceHours: 24 } },
          atOnce: { summary: 'It stops at once', value: {} },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'The new secret. Store it now.',
        body: one(answers.rotatedKey, 'A new secret', examples.exampleRotatedKey),
      },
    ],
    problems: [
      ...refusedAnywhere('graceHours', 'must be a number of hours from 0 to 168'),
      revoked,
      {
        name: 'limit-reached',
        members: {
          detail:
            'Key 0AbCdEfGhIjK was rotated 4 times within the last hour, which is the most; rotate it again later.',
        },
      },
    ],
  },
  {
    method: 'put',
    path: '/account/keys/{keyId}/suspension',
    operationId: 'suspendAccountKey',
    summary: 'Stop a key, or let it go on',
    description:
      'With `suspended: true` the key stops with the next request, and goes on with `false`: that lifts what you have suspended, and what was suspended because something was unusual. A key that is suspended for another cause as well stays so. Doing it again changes nothing. An account does this, and answers alerts, at most 60 times in an hour (UTC).',
    tag: 'API keys',
    access: 'sign-in',
    request: {
      path: keyPath,
      body: {
        schema: suspensionBody,
        examples: {
          stop: { summary: 'It is to stop', value: { suspended: true } },
          goOn: { summary: 'It is to go on', value: { suspended: false } },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'How it stands now.',
        body: one(answers.keySuspension, 'Suspended', examples.exampleSuspension),
      },
    ],
    problems: [
      ...refusedAnywhere('suspended', 'must be true or false'),
      conflict('Key 0AbCdEfGhIjK was revoked at 2026-11-27T10:00:00.000Z, which is final.'),
      tooManyActs,
    ],
  },
  {
    method: 'post',
    path: '/account/keys/{keyId}/claim',
    operationId: 'claimAccountKey',
    summary: 'See the secret that waits for you',
    description:
      'Shows the newest secret of a key that was rotated or made for you, in place of the link in the mail: once, and again for 10 minutes to whoever repeats the request with the same `Idempotency-Key`.',
    tag: 'API keys',
    access: 'sign-in',
    request: { path: keyPath, headers: repeatable },
    answers: [
      {
        status: 200,
        description: 'The secret. Store it now.',
        body: one(answers.claimedKey, 'A secret', examples.exampleClaimedKey),
      },
    ],
    problems: [
      ...noParameter,
      conflict('No secret of key 0AbCdEfGhIjK waits for you; rotate the key to get another.'),
    ],
  },
  {
    method: 'post',
    path: '/account/keys/{keyId}/stored',
    operationId: 'storeAccountSecret',
    summary: 'Say that you have stored a secret',
    description:
      'Destroys what is kept of the newest secret for you: no link shows it any more, and it cannot be asked for again. Saying so again changes nothing.',
    tag: 'API keys',
    access: 'sign-in',
    request: {
      path: keyPath,
      headers: repeatable,
      body: {
        schema: storedBody,
        examples: { stored: { summary: 'The second one', value: { version: 2 } } },
      },
    },
    answers: [
      {
        status: 200,
        description: 'It is kept here no more.',
        body: {
          schema: answers.storedSecret,
          examples: { stored: { summary: 'Stored', value: { keyId: '0AbCdEfGhIjK', version: 2 } } },
        },
      },
    ],
    problems: [
      ...refusedAnywhere('version', 'must be the version of the secret that was shown'),
      conflict('Version 1 is not the newest secret of key 0AbCdEfGhIjK.'),
    ],
  },
];
