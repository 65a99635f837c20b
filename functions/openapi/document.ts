import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import packageJson from '../../package.json' with { type: 'json' };
import { accountRoutes } from '../accounts/routes.ts';
import { decisionRoutes } from '../decisions/routes.ts';
import { deliveryRoutes } from '../delivery/routes.ts';
import { paymentRoutes } from '../payments/routes.ts';
import { dashboardHeaders, openHeaders, requestIdHeader } from '../runtime/answer-headers.ts';
import type { Access, Message, Route, RouteAnswer } from '../runtime/api-route.ts';
import { usageRoutes } from '../usage/routes.ts';
import { apiText, type DescribedProduct, securitySchemes, tags } from './about.ts';
import { problemResponses } from './problem-responses.ts';
import { serviceRoutes } from './routes.ts';

/** Every route of the product, in the order in which the document tells of them. */
export const routes: readonly Route[] = [
  ...decisionRoutes,
  ...usageRoutes,
  ...accountRoutes,
  ...paymentRoutes,
  ...deliveryRoutes,
  ...serviceRoutes,
];

export type OpenApiDocument = ReturnType<typeof createDocument>;

export interface Installation {
  /** Where the API is reached, without a slash at the end. */
  readonly server: string;
  /** Of the tokens that open accounts. */
  readonly issuer: string;
}

/**
 * The OpenAPI 3.1 document of the whole product: what subsystems say of their routes, and what all of them have in
 * common.
 */
export function describeApi(product: DescribedProduct, { server, issuer }: Installation): OpenApiDocument {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: product.name,
        version: packageJson.version,
        summary: `The API of ${product.name} by ${product.company}`,
        description: apiText(product),
        contact: {
          name: `Support of ${product.company}`,
          email: product.supportAddress,
          url: product.documentationUrl,
        },
      },
      externalDocs: { description: 'Documentation', url: product.documentationUrl },
      servers: [{ url: server, description: 'This installation' }],
      tags: [...tags],
      components: { securitySchemes: securitySchemes(issuer) },
      paths: pathsOf(product),
    },
    { override: plain },
  );
}

function pathsOf(product: DescribedProduct): ZodOpenApiPathsObject {
  const problems = problemResponses(product);
  return Object.fromEntries(
    [...Map.groupBy(routes, ({ path }) => path)].map(([path, ofPath]) => [
      path,
      Object.fromEntries(ofPath.map((route) => [route.method, operationOf(route, problems(route))])),
    ]),
  );
}

function operationOf(
  route: Route,
  problems: Record<string, ZodOpenApiResponseObject>,
): ZodOpenApiOperationObject {
  const { operationId, summary, description, tag, access, request, answers } = route;
  const { path, query, headers: header, body } = request ?? {};
  const parameters = { path, query, header };
  const given = Object.fromEntries(Object.entries(parameters).filter(([, schema]) => schema !== undefined));
  return {
    operationId,
    summary,
    description,
    tags: [tag],
    security: [...securityOf[access]],
    ...(Object.keys(given).length === 0 ? {} : { requestParams: given }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.required ?? true, content: contentOf(body) } }),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [String(answer.status), answerOf(answer, access)])),
      ...problems,
    },
  };
}

const securityOf: Readonly<Record<Access, readonly Record<string, string[]>[]>> = {
  everybody: [],
  'api-key': [{ apiKey: [] }],
  'counted-api-key': [{ apiKey: [] }],
  'sign-in': [{ signIn: [] }],
  stripe: [{ stripeSignature: [] }],
};

function answerOf({ description, headers, body }: RouteAnswer, access: Access): ZodOpenApiResponseObject {
  const standard = access === 'sign-in' ? dashboardHeaders : openHeaders;
  return {
    description,
    headers: z.object({ ...requestIdHeader, ...(headers ?? standard) }),
    ...(body === undefined ? {} : { content: contentOf(body) }),
  };
}

function contentOf({ schema, examples, mediaType = 'application/json' }: Message) {
  return { [mediaType]: { schema, examples: { ...examples } } };
}

/**
 * Answers may gain members one day, and a client that was made from this document must not stumble over them. That whole
 * numbers are exact in JavaScript says nothing about them.
 */
function plain({
  jsonSchema,
  zodSchema,
  io,
}: {
  jsonSchema: { additionalProperties?: unknown; minimum?: number; maximum?: number };
  zodSchema: z.core.$ZodType;
  io: 'input' | 'output';
}): void {
  const { def } = zodSchema._zod as z.core.$ZodTypes['_zod'];
  if (io === 'output' && def.type === 'object' && def.catchall === undefined) {
    delete jsonSchema.additionalProperties;
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
