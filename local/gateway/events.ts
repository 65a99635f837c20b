import type { LocalEnvironment } from '../model.ts';
import { methodArn } from './arns.ts';
import { domainName } from './context-variables.ts';
import type { Exchange, Route } from './exchange.ts';
import { lastValue } from './exchange.ts';
import type { GatewayModel } from './model.ts';
import { requestTime } from './request-time.ts';

interface Scope {
  readonly model: GatewayModel;
  readonly environment: LocalEnvironment;
}

type MultiMap = ReadonlyMap<string, readonly string[]>;

/** The event of a REQUEST authorizer: no body, and `{}` where the proxy event has null. */
export function authorizerEvent(exchange: Exchange, route: Route, scope: Scope): Record<string, unknown> {
  const { request } = exchange;
  return {
    type: 'REQUEST',
    methodArn: methodArn(scope.environment, scope.model, request),
    ...requestLine(exchange, route),
    headers: single(headersOf(exchange)),
    multiValueHeaders: Object.fromEntries(headersOf(exchange)),
    queryStringParameters: single(request.query),
    multiValueQueryStringParameters: Object.fromEntries(request.query),
    pathParameters: Object.fromEntries(route.pathParameters),
    stageVariables: scope.model.stage.variables,
    requestContext: requestContext(exchange, route, scope),
  };
}

/** The event of a Lambda proxy integration, payload format 1.0. */
export function proxyEvent(exchange: Exchange, route: Route, scope: Scope): Record<string, unknown> {
  const { request, authorizer } = exchange;
  const { variables } = scope.model.stage;
  const binary = isBinary(scope.model.binaryMediaTypes, lastValue(request.headers, 'Content-Type'));
  return {
    ...requestLine(exchange, route),
    headers: single(headersOf(exchange)),
    multiValueHeaders: Object.fromEntries(headersOf(exchange)),
    queryStringParameters: request.query.size > 0 ? single(request.query) : null,
    multiValueQueryStringParameters: request.query.size > 0 ? Object.fromEntries(request.query) : null,
    pathParameters: route.pathParameters.size > 0 ? Object.fromEntries(route.pathParameters) : null,
    stageVariables: Object.keys(variables).length > 0 ? variables : null,
    requestContext: {
      ...requestContext(exchange, route, scope),
      ...(authorizer && {
        authorizer: {
          ...authorizer.context,
          principalId: authorizer.principalId,
          integrationLatency: authorizer.latency,
        },
      }),
    },
    body: request.body.length > 0 ? request.body.toString(binary ? 'base64' : 'utf8') : null,
    isBase64Encoded: binary && request.body.length > 0,
  };
}

/** Whether a media type is among the API's binary ones, each of which may be `*` or `image/*`. */
export function isBinary(binaryTypes: readonly string[], mediaType: string | undefined): boolean {
  const type = mediaType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return binaryTypes.some(
    (binary) =>
      binary === '*/*' || binary === type || (binary.endsWith('/*') && type.startsWith(binary.slice(0, -1))),
  );
}

function requestLine({ request }: Exchange, route: Route) {
  return { resource: route.method.resourcePath, path: request.path, httpMethod: request.method };
}

function requestContext(exchange: Exchange, route: Route, { model, environment }: Scope) {
  const { request } = exchange;
  const domain = domainName(lastValue(request.headers, 'Host'));
  return {
    accountId: environment.accountId,
    apiId: model.apiId,
    deploymentId: model.stage.deploymentId,
    domainName: domain,
    domainPrefix: domain.split('.')[0],
    extendedRequestId: exchange.extendedRequestId,
    httpMethod: request.method,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: lastValue(request.headers, 'User-Agent') ?? null,
      user: null,
      ...(exchange.usageKey && { apiKey: exchange.usageKey.value, apiKeyId: exchange.usageKey.id }),
    },
    path: `/${model.stage.name}${request.path}`,
    protocol: request.protocol,
    requestId: exchange.requestId,
    requestTime: requestTime(exchange.receivedAt),
    requestTimeEpoch: exchange.receivedAt,
    resourceId: route.method.resourceId,
    resourcePath: route.method.resourcePath,
    stage: model.stage.name,
  };
}

function headersOf({ request, traceId }: Exchange): MultiMap {
  return new Map([...request.headers, ['X-Amzn-Trace-Id', [traceId]]]);
}

function single(map: MultiMap): Record<string, string> {
  return Object.fromEntries([...map].map(([name, values]) => [name, values.at(-1) ?? '']));
}
