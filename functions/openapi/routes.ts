import * as z from 'zod';
import { openHeaders } from '../runtime/answer-headers.ts';
import type { Route } from '../runtime/api-route.ts';

const health = z
  .object({
    status: z.literal('ok').meta({ description: 'It answers.' }),
    requestId: z
      .string()
      .meta({ description: 'The same as in the header.', example: 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5' }),
  })
  .meta({ id: 'Health', description: 'That the API answers.' });

/** How long a description may be kept, in seconds. */
export const maximumAge = 300;

const cached = {
  ...openHeaders,
  'Access-Control-Expose-Headers': z
    .string()
    .meta({ description: 'Headers that a web page’s script may read.' }),
  'Cache-Control': z
    .literal(`public, max-age=${maximumAge}`)
    .meta({ description: 'It may be kept for some minutes.' }),
  ETag: z
    .string()
    .regex(/^"[\w-]+"$/)
    .meta({ description: 'Changes with the content.', example: '"3sXwq0yP2cT8uVb1nKdRgA"' }),
};

/** Routes that tell about the API itself. */
export const serviceRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/health',
    operationId: 'getHealth',
    summary: 'Does the API answer?',
    description: 'For monitors. API Gateway answers by itself: it tells nothing about what stands behind.',
    tag: 'Service',
    access: 'everybody',
    answers: [
      {
        status: 200,
        description: 'It does.',
        headers: openHeaders,
        body: {
          schema: health,
          examples: {
            healthy: {
              summary: 'All is well',
              value: { status: 'ok', requestId: 'b2c4e6f8-0a1b-4c3d-8e5f-60718293a4b5' },
            },
          },
        },
      },
    ],
    problems: ['unsupported-media-type'],
  },
  {
    method: 'get',
    path: '/openapi.json',
    operationId: 'getOpenApi',
    summary: 'This description',
    description: 'The OpenAPI 3.1 document of the whole API, as this installation serves it.',
    tag: 'Service',
    access: 'everybody',
    request: {
      headers: z.object({
        'If-None-Match': z.string().optional().meta({
          description: '`ETag` of the description that you have: where it has not changed, none is sent.',
          example: '"3sXwq0yP2cT8uVb1nKdRgA"',
        }),
      }),
    },
    answers: [
      {
        status: 200,
        description: 'The description.',
        headers: cached,
        body: {
          schema: z
            .looseObject({
              openapi: z
                .string()
                .regex(/^3\.1\./)
                .meta({ description: 'The version of OpenAPI.', example: '3.1.1' }),
              info: z
                .looseObject({
                  title: z.string().meta({ description: 'The product.', example: 'AI Decision Engine' }),
                  version: z.string().meta({ description: 'Of the API.', example: '1.0.0' }),
                })
                .meta({ description: 'Whose API it is.' }),
              paths: z
                .record(z.string(), z.looseObject({}))
                .meta({ description: 'Its routes, by path and method.' }),
            })
            .meta({ id: 'OpenApi', description: 'An OpenAPI 3.1 document.' }),
          examples: {
            beginning: {
              summary: 'How it begins',
              value: { openapi: '3.1.1', info: { title: 'AI Decision Engine', version: '1.0.0' }, paths: {} },
            },
          },
        },
      },
      { status: 304, description: 'It is as you have it.', headers: cached },
    ],
  },
];
