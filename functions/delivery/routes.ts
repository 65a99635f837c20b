import * as z from 'zod';
import type { Message, Route, RouteAnswer } from '../runtime/api-route.ts';
import { linkAnswer, openedClaim } from './answers.ts';
import { exampleNonce, exampleToken, linkBody, openClaimBody, storeClaimBody } from './request.ts';

const moved: RouteAnswer = {
  status: 302,
  description: 'Where the page is.',
  headers: {
    Location: z.url().meta({
      description:
        'The dashboard’s page. What stands behind the link’s `#` goes with it, for browsers keep that.',
      example: 'https://dashboard.aiweedcompany.com/claim',
    }),
    'Cache-Control': z.literal('no-store').meta({ description: 'The page may be elsewhere the next time.' }),
    'Referrer-Policy': z
      .literal('no-referrer')
      .meta({ description: 'No page that is opened from here learns of it.' }),
    'X-Content-Type-Options': z
      .literal('nosniff')
      .meta({ description: 'The content is what its type says.' }),
  },
};

const invalidLink = {
  name: 'invalid-request',
  members: { errors: [{ path: 'token', detail: 'expected the part of the link behind the #' }] },
} as const;

const link: Message = {
  schema: linkBody,
  examples: { link: { summary: 'The token of a link', value: { token: exampleToken } } },
};

const linkAnswered = (status: 'accepted' | 'done'): Message => ({
  schema: linkAnswer,
  examples: { answer: { summary: 'Whatever comes of it', value: { status } } },
});

export const deliveryRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/claim',
    operationId: 'findClaimPage',
    summary: 'Where the page is that claim links open',
    description:
      'For people: mails once led here. The page is the dashboard’s now. The token stands behind the `#`, which browsers send nowhere; the page hands it to `POST /claims` once its reader wants to see the key.',
    tag: 'Claims',
    access: 'everybody',
    answers: [moved],
    problems: ['unsupported-media-type'],
  },
  {
    method: 'post',
    path: '/claims',
    operationId: 'openClaim',
    summary: 'Open a claim link: see the key, once',
    description:
      'Shows the key that a link was mailed for. A link opens once; whoever opened it may repeat the same request with the same nonce for ten minutes, so that a lost answer loses no key. The link itself is what authorizes.',
    tag: 'Claims',
    access: 'everybody',
    request: {
      body: {
        schema: openClaimBody,
        examples: { link: { summary: 'A link', value: { token: exampleToken, nonce: exampleNonce } } },
      },
    },
    answers: [
      {
        status: 200,
        description: 'The key. Store it now.',
        body: {
          schema: openedClaim,
          examples: {
            key: {
              summary: 'A key',
              value: {
                apiKey: 'user_0AbCdEfGhIjK_<secret>',
                keyId: '0AbCdEfGhIjK',
                version: 2,
                expiresAt: '2026-11-27T10:10:00.000Z',
              },
            },
          },
        },
      },
    ],
    problems: [
      invalidLink,
      'link-not-valid',
      { name: 'link-used', members: { reason: 'opened', openedAt: '2026-11-27T10:00:00.000Z' } },
      { name: 'link-expired', members: { reason: 'expired', expiredAt: '2026-11-24T10:00:00.000Z' } },
      { name: 'link-replaced', members: { reason: 'replaced' } },
      { name: 'link-of-revoked-key', members: { reason: 'revoked' } },
    ],
  },
  {
    method: 'post',
    path: '/claims/stored',
    operationId: 'storeClaim',
    summary: 'Say that you have stored a key',
    description:
      'Destroys what is kept of the key that a link has shown, at once instead of after ten minutes: nobody can read it again. Only with the nonce that opened the link; the answer is always the same, and saying so again changes nothing.',
    tag: 'Claims',
    access: 'everybody',
    request: {
      body: {
        schema: storeClaimBody,
        examples: {
          link: { summary: 'The link and its nonce', value: { token: exampleToken, nonce: exampleNonce } },
        },
      },
    },
    answers: [
      {
        status: 202,
        description: 'If the link was opened with that nonce, its key is kept here no more.',
        body: linkAnswered('done'),
      },
    ],
    problems: [invalidLink, 'link-not-valid'],
  },
  {
    method: 'post',
    path: '/claims/renew',
    operationId: 'renewClaim',
    summary: 'Ask for a new link',
    description:
      'Where the newest link expired unused, a new one is mailed to the key’s owner; where it still waits, the same mail is sent again, though not twice within an hour. The answer is always the same, so that it tells nothing to somebody who merely has a link.',
    tag: 'Claims',
    access: 'everybody',
    request: { body: link },
    answers: [
      {
        status: 202,
        description: 'The link is genuine; what there is to tell is mailed.',
        body: linkAnswered('accepted'),
      },
    ],
    problems: [invalidLink, 'link-not-valid'],
  },
  {
    method: 'post',
    path: '/claims/dispute',
    operationId: 'disputeClaim',
    summary: 'Say "that was not me"',
    description:
      'For the owner of a key whose link somebody else has opened: the secret that was seen stops at once, and a new link is mailed to the owner. Works once for each link.',
    tag: 'Claims',
    access: 'everybody',
    request: { body: link },
    answers: [
      {
        status: 202,
        description: 'What the link showed has stopped.',
        body: linkAnswered('done'),
      },
    ],
    problems: [invalidLink, 'link-not-valid'],
  },
];
