import type { Clock } from '../clock.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { LocalEnvironment } from '../model.ts';
import { executeApiArn, mayInvoke, methodArn } from './arns.ts';
import type { AuthorizerAnswer } from './authorizer-answer.ts';
import { parseAuthorizerAnswer } from './authorizer-answer.ts';
import { lookupIn } from './context-variables.ts';
import { withDeadline } from './deadline.ts';
import { authorizerEvent } from './events.ts';
import type { AuthorizerRecord, Exchange, Route } from './exchange.ts';
import { lastValue } from './exchange.ts';
import { GatewayFailure } from './failures.ts';
import type { Authorizer, GatewayModel, IdentitySource } from './model.ts';
import { evaluatePolicy } from './policy.ts';
import { createPolicyCache } from './policy-cache.ts';

/** API Gateway gives an authorizer no more than an integration; the function's own timeout ends it sooner. */
const deadlineMs = 29_000;

interface Dependencies {
  readonly model: GatewayModel;
  readonly environment: LocalEnvironment;
  readonly invoker: FunctionInvoker;
  readonly clock: Clock;
}

/** Resolves with the answer that lets the request in. @throws GatewayFailure for every other end. */
export type Authorize = (
  exchange: Exchange,
  route: Route,
  authorizer: Authorizer,
) => Promise<AuthorizerAnswer>;

export function createAuthorize(dependencies: Dependencies): Authorize {
  const { model, environment, clock } = dependencies;
  const cache = createPolicyCache(clock);

  return async (exchange, route, authorizer) => {
    const identity = authorizer.identitySources.map((source) => readIdentity(source, exchange, dependencies));
    if (identity.some((value) => value === undefined || value === ''))
      throw new GatewayFailure('UNAUTHORIZED');

    // Method and path are not part of the key: a policy must be for the whole stage.
    const cacheKey = JSON.stringify([authorizer.id, ...identity]);
    const cached = authorizer.ttlSeconds > 0 ? cache.get(cacheKey) : undefined;
    const record: AuthorizerRecord = { latency: 0, status: 200 };
    exchange.authorizer = record;
    const answer = cached ?? (await ask(exchange, route, authorizer, record, dependencies));
    if (!cached && authorizer.ttlSeconds > 0) cache.put(cacheKey, answer, authorizer.ttlSeconds);

    const verdict = evaluatePolicy(answer.policyDocument, methodArn(environment, model, exchange.request));
    record.principalId = answer.principalId;
    record.context = answer.context;
    if (verdict === 'allow') return answer;
    record.status = 403;
    throw new GatewayFailure('ACCESS_DENIED', verdict === 'no-allow' ? { message: noAllow } : {});
  };
}

const noAllow =
  'User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action';

function readIdentity(
  source: IdentitySource,
  exchange: Exchange,
  dependencies: Dependencies,
): string | undefined {
  switch (source.location) {
    case 'header':
      return lastValue(exchange.request.headers, source.name);
    case 'querystring':
      return lastValue(exchange.request.query, source.name);
    default:
      return lookupIn(exchange, dependencies)(`${source.location}.${source.name}`);
  }
}

async function ask(
  exchange: Exchange,
  route: Route,
  authorizer: Authorizer,
  record: AuthorizerRecord,
  dependencies: Dependencies,
): Promise<AuthorizerAnswer> {
  const { model, environment, invoker } = dependencies;
  const fail = (
    type: 'AUTHORIZER_FAILURE' | 'AUTHORIZER_CONFIGURATION_ERROR',
    reason: string,
    cause?: unknown,
  ) => {
    record.status = 500;
    record.error = reason;
    return new GatewayFailure(type, {}, cause);
  };
  const source = executeApiArn(environment, model.apiId, `authorizers/${authorizer.id}`);
  if (!mayInvoke(model.permissions, authorizer.functionArn, source)) {
    throw fail('AUTHORIZER_CONFIGURATION_ERROR', `No permission to invoke ${authorizer.functionArn}`);
  }
  const started = performance.now();
  const outcome = await withDeadline(
    invoker.invoke(authorizer.functionArn, authorizerEvent(exchange, route, dependencies)),
    deadlineMs,
  )
    .catch((error: unknown) => {
      throw fail('AUTHORIZER_FAILURE', 'The authorizer could not be invoked', error);
    })
    .finally(() => {
      record.latency = Math.round(performance.now() - started);
    });
  if (outcome === 'late') throw fail('AUTHORIZER_FAILURE', 'The authorizer timed out');
  if (outcome.kind === 'failed') {
    if (outcome.error.errorMessage === 'Unauthorized') {
      record.status = 401;
      throw new GatewayFailure('UNAUTHORIZED');
    }
    throw fail('AUTHORIZER_FAILURE', `The authorizer failed with ${outcome.error.errorType}`);
  }
  const answer = parseAuthorizerAnswer(outcome.payload);
  if ('fault' in answer) throw fail('AUTHORIZER_CONFIGURATION_ERROR', answer.fault);
  return answer;
}
