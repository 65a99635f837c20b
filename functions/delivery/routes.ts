import * as z from 'zod';
import type { Message, Route, RouteAnswer } from '../runtime/api-route.ts';
import { linkAnswer, openedClaim } from './answers.ts';
import { exampleNonce, exampleToken, linkBody, openClaimBody } from './request.ts';

const fixed = (value: string, description: string) => z.literal(value).meta({ description });
const pageHeaders = {
  'Cache-Control': fixed('no-store', 'The page may be new the next time.'),
  'Content-Security-Policy': z.string().meta({
    description: 'Own script and style only, by their hashes; requests to this API only; no frame.',
  }),
  'Referrer-Policy': fixed('no-referrer', 'No page that is opened from here learns of it.'),
  'X-Content-Type-Options': fixed('nosniff', 'The content is what its type says.'),
  'X-Frame-Options': fixed('DENY', 'For browsers that know no `frame-ancestors`.'),
  'Cross-Origin-Opener-Policy': fixed('same-origin', 'Pages that are opened from here have no hold on it.'),
  'Permissions-Policy': z.string().meta({ description: 'It may write to the clipboard, and nothing else.' }),
};

const page: RouteAnswer = {
  status: 200,
  description: 'The page. It loads nothing from elsewhere and stands in no frame.',
  headers: pageHeaders,
  body: {
    mediaType: 'text/html; charset=utf-8',
    schema: z.string().meta({ description: 'HTML.' }),
    examples: { page: { summary: 'How it begins', value: '<!doctype html>\n<html lang="en">' } },
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
    operationId: 'showClaimPage',
    summary: 'The page that claim links open',
    description:
      'For people: the page that a mail’s link leads to. The token stands behind the `#`, which browsers send nowhere; the page’s script hands it to `POST /claims` once its reader wants to see the key.',
    tag: 'Claims',
    access: 'everybody',
    answers: [page],
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
