import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { LocalEnvironment } from '../model.ts';
import { executeApiArn, mayInvoke } from './arns.ts';
import { withDeadline } from './deadline.ts';
import { proxyEvent } from './events.ts';
import type { ApiResponse, Exchange, IntegrationRecord, Route } from './exchange.ts';
import { lastValue } from './exchange.ts';
import { GatewayFailure } from './failures.ts';
import type { GatewayModel, ProxyIntegration } from './model.ts';
import { parseProxyResponse } from './proxy-response.ts';

interface Dependencies {
  readonly model: GatewayModel;
  readonly environment: LocalEnvironment;
  readonly invoker: FunctionInvoker;
}

/** Invokes the function behind a method. @throws GatewayFailure where it cannot be invoked, fails, or is late */
export async function integrateFunction(
  exchange: Exchange,
  route: Route,
  { functionArn, timeoutMs }: ProxyIntegration,
  dependencies: Dependencies,
): Promise<ApiResponse> {
  const { model, environment, invoker } = dependencies;
  const record: IntegrationRecord = { latency: 0 };
  exchange.integration = record;

  const { resourcePath } = route.method;
  const target = `${model.stage.name}/${exchange.request.method}${resourcePath}`;
  if (!mayInvoke(model.permissions, functionArn, executeApiArn(environment, model.apiId, target))) {
    record.error = `No permission to invoke ${functionArn}`;
    throw new GatewayFailure('API_CONFIGURATION_ERROR');
  }

  const started = performance.now();
  const outcome = await withDeadline(
    invoker.invoke(functionArn, proxyEvent(exchange, route, dependencies)),
    timeoutMs,
  )
    .catch((error: unknown) => {
      record.error = `${functionArn} could not be invoked: ${error instanceof Error ? error.message : String(error)}`;
      throw new GatewayFailure('DEFAULT_5XX', {}, error);
    })
    .finally(() => {
      record.latency = Math.round(performance.now() - started);
    });
  if (outcome === 'late') {
    record.error = `${functionArn} took longer than ${timeoutMs} ms`;
    throw new GatewayFailure('INTEGRATION_TIMEOUT');
  }
  record.requestId = outcome.requestId;
  if (outcome.kind === 'failed') {
    record.status = 502;
    record.error = `${functionArn} failed with ${outcome.error.errorType}`;
    throw new GatewayFailure('DEFAULT_5XX', { status: 502 });
  }
  const accept = lastValue(exchange.request.headers, 'Accept');
  const response = parseProxyResponse(outcome.payload, model.binaryMediaTypes, accept);
  if (response === 'malformed') {
    record.status = 502;
    record.error = `${functionArn} gave a malformed Lambda proxy response`;
    throw new GatewayFailure('DEFAULT_5XX', { status: 502 });
  }
  record.status = response.status;
  return response;
}
