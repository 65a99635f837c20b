import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { apiFunction, json, type Product, problem } from './api-function.ts';
import { accountContext, dashboardEnvironment, productEnvironment } from './contract.ts';
import { parseEnvironment } from './environment.ts';
import {
  ConflictError,
  LimitError,
  NotFoundError,
  ProblemError,
  UnavailableError,
  ValidationError,
} from './errors.ts';
import { idempotencyKeyHeader } from './fields.ts';
import { readJsonBody } from './json-body.ts';
import type { ProblemName } from './problems.ts';
import type { Act } from './rules/change.ts';
import { dottedPath, type Fault, faultsOf, whatItIs } from './rules/fault.ts';
import { headerOf } from './rules/header.ts';
import { logger } from './telemetry.ts';

/** A request of a signed-in subscriber. */
export interface AccountRequest<Body, Path, Query> {
  /** From the authorizer: whose account it is. Nothing that the caller sends can name another. */
  readonly subscriptionId: string;
  readonly signInSubject: string;
  /** Of the `Idempotency-Key` header. */
  readonly idempotencyKey?: string;
  readonly body: Body;
  readonly path: Path;
  readonly query: Query;
  /** The subscriber as actor: by the account's id, which says nothing about the person once the account is deleted. */
  readonly act: Act;
}

export interface AccountAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request of a route consists of; what is absent must not be sent. */
export interface AccountMessages<
  Body extends z.ZodType = z.ZodType,
  Path extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
> {
  readonly body?: Body;
  readonly path?: Path;
  readonly query?: Query;
}

/** Of a route that takes none: whoever sends fields expects something of them. */
const emptyBody = z.strictObject({});
/** An armored OpenPGP key takes most of it: 64 KB at most. */
const maximumBody = 80 * 1024;

/**
 * The shared stack of the functions behind `authorize-account`: takes the account from the authorizer, validates path,
 * query and body with every fault told by its path, and answers the product's errors as problems. Only the dashboard's
 * pages may read the answers.
 */
export function accountFunction<Body extends z.ZodType, Path extends z.ZodObject, Query extends z.ZodObject>(
  messages: AccountMessages<Body, Path, Query>,
  handle: (
    request: AccountRequest<z.output<Body>, z.output<Path>, z.output<Query>>,
  ) => Promise<AccountAnswer>,
) {
  const environment = parseEnvironment(
    mini.object({ ...productEnvironment.shape, ...dashboardEnvironment.shape }),
  );
  const answer = apiFunction(environment, async (event) => {
    const account = accountOf(event);
    const read = readRequest(event, messages);
    if ('faults' in read) return problem('invalid-request', event, environment, { errors: read.faults });
    const act: Act = {
      actor: { kind: 'owner', id: account.subscriptionId },
      requestId: event.requestContext.requestId,
      now: new Date(),
    };
    try {
      const { status = 200, body, headers } = await handle({ ...read.request, ...account, act });
      const given = json(status, body);
      logger.info('done', { subscriptionId: account.subscriptionId });
      return { ...given, headers: { ...given.headers, ...headers } };
    } catch (error) {
      return refusal(error, event, environment);
    }
  });
  return async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const given = await answer(event, context);
    // A browser hands the answer to the dashboard's pages and to no others.
    const restricted = { 'Access-Control-Allow-Origin': environment.DASHBOARD_ORIGIN, Vary: 'Origin' };
    return { ...given, headers: { ...given.headers, ...restricted } };
  };
}

/** The account as the authorizer told it. Throws where the function stands behind no authorizer of ours. */
function accountOf(event: APIGatewayProxyEvent) {
  const parsed = accountContext.safeParse(event.requestContext.authorizer ?? {});
  if (!parsed.success) throw new Error("the authorizer's context names no account: nothing is answered");
  const { subscriptionId, signInSubject } = parsed.data;
  return { subscriptionId, signInSubject };
}

function readRequest<Body extends z.ZodType, Path extends z.ZodObject, Query extends z.ZodObject>(
  event: APIGatewayProxyEvent,
  messages: AccountMessages<Body, Path, Query>,
):
  | { faults: readonly Fault[] }
  | {
      request: {
        body: z.output<Body>;
        path: z.output<Path>;
        query: z.output<Query>;
        idempotencyKey?: string;
      };
    } {
  const faults: Fault[] = [];
  const path = parsePart(messages.path, event.pathParameters ?? {}, 'path', faults);
  const query = parsePart(messages.query, event.queryStringParameters ?? {}, 'query', faults);
  const body = parseBody(event, messages.body ?? emptyBody, faults);
  const idempotencyKey = headerOf(event.headers, 'Idempotency-Key');
  const checked = idempotencyKeyHeader.optional().safeParse(idempotencyKey);
  if (!checked.success) {
    faults.push(...faultsOf(checked.error.issues, () => 'header.Idempotency-Key', ''));
  }
  if (faults.length > 0) return { faults };
  return {
    request: {
      body: body as z.output<Body>,
      path: path as z.output<Path>,
      query: query as z.output<Query>,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    },
  };
}

/** A route without parameters of a kind takes no notice of path parameters, and refuses a query. */
function parsePart(
  schema: z.ZodObject | undefined,
  value: Readonly<Record<string, unknown>>,
  where: 'path' | 'query',
  faults: Fault[],
): unknown {
  if (schema === undefined) {
    if (where === 'query') {
      for (const name of Object.keys(value)) {
        faults.push({
          path: `query.${name.slice(0, 32)}`,
          detail: 'is not a parameter of this request: remove it',
        });
      }
    }
    return {};
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const pathOf = (path: readonly PropertyKey[]) => [where, ...path].map(String).join('.');
  faults.push(...faultsOf(parsed.error.issues, pathOf, 'is not a parameter of this request: remove it'));
  return undefined;
}

function parseBody(event: APIGatewayProxyEvent, schema: z.ZodType, faults: Fault[]): unknown {
  const fields =
    'shape' in schema ? Object.keys(schema.shape as object).join(', ') : 'the fields of this request';
  // Where every field may be left out, so may the body.
  const isEmpty = event.body === null || event.body === '';
  const read =
    isEmpty && schema.safeParse({}).success
      ? { json: {} }
      : readJsonBody(event.body, event.isBase64Encoded, { maximum: maximumBody, fields });
  if ('fault' in read) {
    faults.push({ path: 'body', detail: read.fault });
    return undefined;
  }
  if (typeof read.json !== 'object' || read.json === null || Array.isArray(read.json)) {
    faults.push({ path: 'body', detail: `must be a JSON object, but ${whatItIs(read.json)}` });
    return undefined;
  }
  const parsed = schema.safeParse(read.json);
  if (parsed.success) return parsed.data;
  const unknownField =
    fields === ''
      ? 'is not a field of this request, which has none'
      : `is not a field of this request; expected only ${fields}`;
  faults.push(...faultsOf(parsed.error.issues, dottedPath('body'), unknownField));
  return undefined;
}

const refusals: readonly [abstract new (...args: never[]) => Error, ProblemName][] = [
  [NotFoundError, 'no-such-thing'],
  [ConflictError, 'conflict'],
  [LimitError, 'limit-reached'],
];

function refusal(error: unknown, event: APIGatewayProxyEvent, product: Product): APIGatewayProxyResult {
  if (error instanceof ValidationError) {
    const [path, detail] = split(error.message);
    logger.warn('refused', { errorName: error.name });
    return problem('invalid-request', event, product, { errors: [{ path, detail }] });
  }
  if (error instanceof UnavailableError) {
    logger.warn('given up', { errorName: error.name, errorMessage: error.message });
    return problem('service-unavailable', event, product);
  }
  if (error instanceof ProblemError) {
    logger.warn('refused', { errorName: error.problem });
    return problem(error.problem, event, product, error.members);
  }
  const known = refusals.find(([type]) => error instanceof type);
  if (known === undefined || !(error instanceof Error)) throw error;
  logger.warn('refused', { errorName: error.name, errorMessage: error.message });
  return problem(known[1], event, product, { detail: sentence(error.message) });
}

/** `field: what is wrong` as a fault's two parts. */
function split(message: string): [path: string, detail: string] {
  const at = message.indexOf(': ');
  return at < 0 ? ['body', message] : [message.slice(0, at), message.slice(at + 2)];
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
