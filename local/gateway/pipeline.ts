import type { Clock } from '../clock.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { LocalEnvironment } from '../model.ts';
import type { UsageKeyRegistry } from '../usage.ts';
import { admit } from './admit.ts';
import { createAuthorize } from './authorize.ts';
import type { ApiResponse, Exchange } from './exchange.ts';
import { GatewayFailure } from './failures.ts';
import { createRouter } from './find-route.ts';
import { integrateFunction } from './integrate.ts';
import type { Ledger } from './ledger.ts';
import { integrateMock } from './mock-integration.ts';
import type { GatewayModel } from './model.ts';
import { renderFailure } from './render-failure.ts';
import { createThrottles } from './throttles.ts';
import { validateParameters } from './validate-parameters.ts';

export interface PipelineDependencies {
  readonly model: GatewayModel;
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly invoker: FunctionInvoker;
  readonly usageKeys: UsageKeyRegistry;
  readonly ledger: Ledger;
}

/** One request to its one answer; never rejects. `tooLarge` says that the body was over the limit and is not there. */
export type Pipeline = (exchange: Exchange, tooLarge: boolean) => Promise<ApiResponse>;

export function createPipeline(dependencies: PipelineDependencies): Pipeline {
  const { model } = dependencies;
  const findRoute = createRouter(model.methods);
  const authorize = createAuthorize(dependencies);
  const admission = { ...dependencies, takeTokens: createThrottles(dependencies.clock) };

  const run = async (exchange: Exchange, tooLarge: boolean): Promise<ApiResponse> => {
    const { method, path } = exchange.request;
    if (tooLarge) throw new GatewayFailure('REQUEST_TOO_LARGE');
    const route = findRoute(method, path);
    if (!route) throw new GatewayFailure('MISSING_AUTHENTICATION_TOKEN');
    exchange.route = route;
    const { authorizer, integration } = route.method;
    const answer = authorizer && (await authorize(exchange, route, authorizer));
    admit(exchange, route, answer?.usageIdentifierKey ?? undefined, admission);
    validateParameters(exchange, route);
    return integration.kind === 'mock'
      ? integrateMock(exchange, integration, dependencies)
      : integrateFunction(exchange, route, integration, dependencies);
  };

  return async (exchange, tooLarge) => {
    try {
      return await run(exchange, tooLarge);
    } catch (error) {
      const failure = error instanceof GatewayFailure ? error : new GatewayFailure('DEFAULT_5XX', {}, error);
      // A fault of the local gateway itself: AWS has no words for it, so the developer gets it on the terminal.
      if (failure !== error) console.error('The local gateway failed on a request:', error);
      return renderFailure(exchange, failure, dependencies);
    }
  };
}
