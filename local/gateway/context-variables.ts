import type { LocalEnvironment } from '../model.ts';
import type { Exchange } from './exchange.ts';
import { lastValue } from './exchange.ts';
import type { GatewayModel } from './model.ts';
import { requestTime } from './request-time.ts';
import type { Lookup, Template } from './template.ts';
import { variablesOf } from './template.ts';

export interface VariableScope {
  readonly model: GatewayModel;
  readonly environment: LocalEnvironment;
}

type Value = string | number | null | undefined;
type Reader = (exchange: Exchange, scope: VariableScope) => Value;

const never: Reader = () => undefined;

/** Every `$context` variable by its name; those of features that a laptop lacks (WAF, IAM, TLS) never have a value. */
const readers: Readonly<Record<string, Reader>> = {
  accountId: (_, { environment }) => environment.accountId,
  apiId: (_, { model }) => model.apiId,
  'authorizer.error': ({ authorizer }) => authorizer?.error,
  'authorizer.integrationLatency': ({ authorizer }) => authorizer?.latency,
  'authorizer.integrationStatus': ({ authorizer }) => authorizer?.status,
  'authorizer.latency': ({ authorizer }) => authorizer?.latency,
  'authorizer.principalId': ({ authorizer }) => authorizer?.principalId,
  'authorizer.requestId': ({ authorizer, requestId }) => (authorizer ? requestId : undefined),
  'authorizer.status': ({ authorizer }) => authorizer?.status,
  awsEndpointRequestId: ({ integration }) => integration?.requestId,
  cipherSuite: never,
  'customDomain.basePathMatched': never,
  deploymentId: (_, { model }) => model.stage.deploymentId,
  domainName: ({ request }) => domainName(lastValue(request.headers, 'Host')),
  domainPrefix: ({ request }) => domainName(lastValue(request.headers, 'Host')).split('.')[0],
  'error.message': ({ failure }) => failure?.publicMessage,
  'error.messageString': ({ failure }) => (failure ? JSON.stringify(failure.publicMessage) : undefined),
  'error.responseType': ({ failure }) => failure?.type,
  'error.validationErrorString': ({ failure }) => failure?.validationError,
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ request }) => request.method,
  'identity.accessKey': never,
  'identity.accountId': never,
  'identity.apiKey': ({ usageKey }) => usageKey?.value,
  'identity.apiKeyId': ({ usageKey }) => usageKey?.id,
  'identity.caller': never,
  'identity.cognitoAuthenticationProvider': never,
  'identity.cognitoAuthenticationType': never,
  'identity.cognitoIdentityId': never,
  'identity.cognitoIdentityPoolId': never,
  'identity.principalOrgId': never,
  'identity.sourceIp': ({ request }) => request.sourceIp,
  'identity.user': never,
  'identity.userAgent': ({ request }) => lastValue(request.headers, 'User-Agent'),
  'identity.userArn': never,
  'integration.error': ({ integration }) => integration?.error,
  'integration.integrationStatus': ({ integration }) => integration?.status,
  'integration.latency': ({ integration }) => integration?.latency,
  'integration.requestId': ({ integration }) => integration?.requestId,
  'integration.status': ({ integration }) => (integration?.requestId ? 200 : undefined),
  integrationErrorMessage: ({ integration }) => integration?.error,
  integrationLatency: ({ integration }) => integration?.latency,
  integrationStatus: ({ integration }) => integration?.status,
  isCanaryRequest: never,
  path: ({ request }, { model }) => `/${model.stage.name}${request.path}`,
  protocol: ({ request }) => request.protocol,
  requestId: ({ requestId }) => requestId,
  requestTime: ({ receivedAt }) => requestTime(receivedAt),
  requestTimeEpoch: ({ receivedAt }) => receivedAt,
  resourceId: ({ route }) => route?.method.resourceId,
  resourcePath: ({ route }) => route?.method.resourcePath,
  responseLatency: ({ response }) => response?.latency,
  responseLength: ({ response }) => response?.length,
  stage: (_, { model }) => model.stage.name,
  status: ({ response }) => response?.status,
  tlsVersion: never,
  'waf.error': never,
  'waf.latency': never,
  'waf.status': never,
  wafResponseCode: never,
  webaclArn: never,
  xrayTraceId: ({ traceId }) => traceId.slice('Root='.length),
};

/** The host's name without its port; `localhost` for a client that named none. */
export function domainName(host: string | undefined): string {
  return host?.replace(/:\d*$/, '') || 'localhost';
}

/** @throws Error where a template names a variable that API Gateway does not have */
export function requireKnownVariables(template: Template): void {
  for (const variable of variablesOf(template)) requireKnownVariable(variable);
}

export function requireKnownVariable(variable: string): void {
  if (/^method\.request\.(?:header|querystring|path)\.[^.]+$/.test(variable)) return;
  if (/^stageVariables\.[^.]+$/.test(variable)) return;
  if (/^context\.authorizer\.[^.]+$/.test(variable)) return;
  if (variable.startsWith('context.') && Object.hasOwn(readers, variable.slice('context.'.length))) return;
  throw new Error(`the variable "${variable}" is not supported`);
}

/** Reads the variables of one request: what it does not have is undefined. */
export function lookupIn(exchange: Exchange, scope: VariableScope): Lookup {
  return (variable) => {
    const value = read(variable, exchange, scope);
    return value === undefined || value === null ? undefined : String(value);
  };
}

function read(variable: string, exchange: Exchange, scope: VariableScope): Value {
  const [root, part = '', ...rest] = variable.split('.');
  if (root === 'stageVariables') return own(scope.model.stage.variables, part);
  if (root === 'method') return requestParameter(exchange, rest[0], rest.slice(1).join('.'));
  const name = variable.slice('context.'.length);
  const reader = own(readers, name);
  if (reader) return reader(exchange, scope);
  if (part === 'authorizer') return own(exchange.authorizer?.context ?? {}, rest.join('.'));
  return undefined;
}

function requestParameter({ request, route }: Exchange, location: string | undefined, name: string): Value {
  if (location === 'header') return lastValue(request.headers, name);
  if (location === 'querystring') return lastValue(request.query, name);
  return route?.pathParameters.get(name);
}

function own<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
