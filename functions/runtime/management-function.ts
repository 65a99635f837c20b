import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy, { type MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { isDomainError, ValidationError } from './errors.ts';
import type { Act, Actor } from './rules/change.ts';
import { dottedPath, faultsOf, faultsText, whatItIs } from './rules/fault.ts';
import { describeError, logger } from './telemetry.ts';

/** What a management function knows of its invocation beside the payload. */
export interface Invocation {
  /** The invocation's request id, which CloudTrail attests. */
  readonly requestId: string;
  readonly now: Date;
}

/**
 * The shared stack of the management functions: validate the payload, run one act, log who did what (never the payload
 * or the answer: both may hold a key), and let errors fail the invocation with their name as `errorType`.
 * @param schema of the payload; unknown fields are refused
 */
export function managementFunction<S extends z.ZodType, Answer>(
  schema: S,
  act: (request: z.output<S>, invocation: Invocation) => Promise<Answer>,
) {
  return middy<unknown, Answer, Error, Context>()
    .use(injectLambdaContext(logger, { clearState: true }) as MiddlewareObj<unknown, Answer>)
    .use(logOutcome<Answer>())
    .handler((payload: unknown, context: Context) =>
      act(parsePayload(schema, payload), { requestId: context.awsRequestId, now: new Date() }),
    );
}

function parsePayload<S extends z.ZodType>(schema: S, payload: unknown): z.output<S> {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new ValidationError(`payload: must be a JSON object, but ${whatItIs(payload)}`);
  }
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new ValidationError(
    faultsText(faultsOf(parsed.error.issues, dottedPath('payload'), 'is unknown: remove it')),
  );
}

function logOutcome<Answer>(): MiddlewareObj<unknown, Answer> {
  return {
    after: ({ response }) => {
      logger.info('done', {
        keyId: field(response, 'keyId'),
        subscriptionId: field(response, 'subscriptionId'),
      });
    },
    onError: ({ error }) => {
      if (isDomainError(error))
        logger.warn('refused', { errorName: error.name, errorMessage: error.message });
      else logger.error('failed', describeError(error));
    },
  };
}

function field(value: unknown, name: string): string | undefined {
  const text =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** The act of an admin: the name is what the payload claims, the request id what CloudTrail attests. */
export function adminAct(requestedBy: string, { requestId, now }: Invocation): Act {
  const actor: Actor = { kind: 'admin', id: requestedBy };
  return { actor, requestId, now };
}
