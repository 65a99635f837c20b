import { request as httpRequest } from 'node:http';
import type { Clock } from '../../../local/clock.ts';
import { createClock } from '../../../local/clock.ts';
import type { GatewayOptions } from '../../../local/gateway/start-gateway.ts';
import { startGateway } from '../../../local/gateway/start-gateway.ts';
import type { FunctionInvoker, InvokeOutcome } from '../../../local/lambda/invoker.ts';
import type { LocalEnvironment, ResolvedResource } from '../../../local/model.ts';
import { openState } from '../../../local/state.ts';
import type { UsageKey, UsageKeyRegistry } from '../../../local/usage.ts';

export const environment: LocalEnvironment = {
  region: 'eu-central-1',
  accountId: '123456789012',
  stackName: 'test',
  dataDir: '/nowhere',
};

export const usageKey: UsageKey = { id: 'key1', value: 'a'.repeat(20), name: 'one', enabled: true };

export type Handler = (event: Event) => unknown;
export type Event = Record<string, unknown> & {
  headers: Record<string, string>;
  requestContext: Record<string, unknown> & {
    identity: Record<string, unknown>;
    authorizer?: Record<string, unknown>;
  };
};

/** Runs functions of the test in place of a stack's; throwing is a function's failure, an outcome of its own a Lambda error. */
export function testInvoker(handlers: Record<string, Handler>): FunctionInvoker & { calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    async invoke(functionArn, payload): Promise<InvokeOutcome> {
      const name = functionArn.split(':').at(-1) ?? '';
      calls.push(name);
      const handler = handlers[name];
      if (!handler)
        throw Object.assign(new Error(`Function not found: ${name}`), { code: 'ResourceNotFoundException' });
      try {
        const value = await handler(JSON.parse(JSON.stringify(payload)));
        return { kind: 'returned', requestId: 'lambda-request', payload: value };
      } catch (error) {
        if (error instanceof LambdaBusy) throw error;
        const { name: errorType, message: errorMessage } =
          error instanceof Error ? error : new Error(String(error));
        return { kind: 'failed', requestId: 'lambda-request', error: { errorType, errorMessage } };
      }
    },
  };
}

export class LambdaBusy extends Error {}

export function registry(keys: Record<string, { key: UsageKey; plans: string[] }>): UsageKeyRegistry {
  const all = Object.values(keys);
  return {
    findByValue: (value) => all.find(({ key }) => key.value === value)?.key,
    plansOf: (id) => all.find(({ key }) => key.id === id)?.plans ?? [],
  };
}

const uri = (name: string) =>
  `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:${name}/invocations`;

export function resource(
  logicalId: string,
  type: string,
  properties: Record<string, unknown>,
  attributes: Record<string, string> = {},
): ResolvedResource {
  return { logicalId, type, ref: logicalId.toLowerCase(), attributes, properties };
}

const gateway = (logicalId: string, type: string, properties: Record<string, unknown>) =>
  resource(logicalId, `AWS::ApiGateway::${type}`, { RestApiId: 'api', ...properties });

export const mockOk = {
  Integration: {
    Type: 'MOCK',
    RequestTemplates: { 'application/json': '{ statusCode: 200 }' },
    IntegrationResponses: [{ StatusCode: '200', ResponseTemplates: { 'application/json': '{"ok":true}' } }],
  },
  MethodResponses: [{ StatusCode: '200' }],
};

export const lambdaOk = {
  Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: uri('backend') },
};

/** A method at a path of one or two segments; its resources come with it. */
export function method(
  httpMethod: string,
  path: string,
  properties: Record<string, unknown> = {},
): ResolvedResource[] {
  const segments = path.split('/').filter(Boolean);
  const ids = segments.map((_, index) => `res-${segments.slice(0, index + 1).join('-')}`);
  const parts = segments.map((PathPart, index) =>
    gateway(ids[index] ?? '', 'Resource', { PathPart, ParentId: ids[index - 1] ?? 'root' }),
  );
  const ResourceId = ids.at(-1) ?? 'root';
  return [
    ...parts,
    gateway(`Method-${httpMethod}-${ResourceId}`, 'Method', {
      HttpMethod: httpMethod,
      ResourceId,
      ...lambdaOk,
      ...properties,
    }),
  ];
}

export const authorized = { AuthorizationType: 'CUSTOM', AuthorizerId: 'authorizer' };
export const keyed = { ...authorized, ApiKeyRequired: true };

export function authorizer(properties: Record<string, unknown> = {}): ResolvedResource {
  return gateway('Authorizer', 'Authorizer', {
    Type: 'REQUEST',
    Name: 'authorizer',
    AuthorizerUri: uri('authorizer'),
    IdentitySource: 'method.request.header.X-API-Key',
    AuthorizerResultTtlInSeconds: 0,
    ...properties,
  });
}

export function stage(properties: Record<string, unknown> = {}): ResolvedResource {
  return gateway('Stage', 'Stage', { StageName: 'v1', DeploymentId: 'deployment', ...properties });
}

export function plan(
  properties: Record<string, unknown> = {},
  methodThrottles: Record<string, unknown> = {},
): ResolvedResource {
  return resource('Plan', 'AWS::ApiGateway::UsagePlan', {
    UsagePlanName: 'free',
    ApiStages: [{ ApiId: 'api', Stage: 'v1', Throttle: methodThrottles }],
    ...properties,
  });
}

export function gatewayResponse(ResponseType: string, properties: Record<string, unknown>): ResolvedResource {
  return gateway(`Response${ResponseType}`, 'GatewayResponse', { ResponseType, ...properties });
}

export function permission(name: string, SourceArn: string): ResolvedResource {
  return resource(`Permission-${name}`, 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: `arn:aws:lambda:eu-central-1:123456789012:function:${name}`,
    Principal: 'apigateway.amazonaws.com',
    SourceArn,
  });
}

export const permissions = [
  permission('backend', 'arn:aws:execute-api:eu-central-1:123456789012:api/v1/*/*'),
  permission('authorizer', 'arn:aws:execute-api:eu-central-1:123456789012:api/authorizers/authorizer'),
];

export function restApi(properties: Record<string, unknown> = {}): ResolvedResource {
  return resource(
    'Api',
    'AWS::ApiGateway::RestApi',
    { Name: 'api', ApiKeySourceType: 'AUTHORIZER', ...properties },
    { RootResourceId: 'root' },
  );
}

/** An API with what every test needs, plus its own. Resources of the same logical id come once, the later one wins. */
export function api(...own: (ResolvedResource | ResolvedResource[])[]): ResolvedResource[] {
  const all = [restApi(), stage(), gateway('Deployment', 'Deployment', {}), ...permissions, ...own.flat()];
  return [...new Map(all.map((one) => [one.logicalId, one])).values()];
}

export function allow(
  values: Record<string, unknown> = {},
  Resource = '*',
  Effect = 'Allow',
): Record<string, unknown> {
  return {
    principalId: 'someone',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }],
    },
    usageIdentifierKey: usageKey.value,
    ...values,
  };
}

const running: (() => Promise<void>)[] = [];

export async function stopAll(): Promise<void> {
  for (const stop of running.splice(0)) await stop();
}

export interface Started {
  readonly url: string;
  readonly clock: Clock;
  readonly lines: string[];
  readonly calls: string[];
  readonly send: (method: string, path: string, options?: SendOptions) => Promise<Answer>;
  readonly ledger: Awaited<ReturnType<typeof startGateway>>['ledger'];
  readonly close: () => Promise<void>;
}

export async function start(
  resources: ResolvedResource[],
  handlers: Record<string, Handler> = {},
  options: Partial<GatewayOptions> = {},
): Promise<Started> {
  const state = options.state ?? openState(':memory:');
  const clock = options.clock ?? createClock({ state });
  const lines: string[] = [];
  const invoker = testInvoker({
    authorizer: () => allow(),
    backend: () => ({ statusCode: 200, body: '{"ok":true}' }),
    ...handlers,
  });
  const started = await startGateway({
    environment,
    clock,
    state,
    resources,
    invoker,
    usageKeys: registry({ one: { key: usageKey, plans: ['plan'] } }),
    port: 0,
    accessLog: (_, line) => void lines.push(line),
    ...options,
  });
  running.push(started.close);
  return {
    url: started.url,
    clock,
    lines,
    calls: invoker.calls,
    ledger: started.ledger,
    close: started.close,
    send: (verb, path, sending) => send(started.url, verb, path, sending),
  };
}

export interface SendOptions {
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** Sends the path as it is, where `fetch` would tidy it up. */
export function send(
  url: string,
  verb: string,
  path: string,
  { headers = {}, body }: SendOptions = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const outgoing = httpRequest({ hostname, port, path, method: verb, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Waits for a condition, at most ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('the condition did not come true within 10 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const withKey = { headers: { 'X-API-Key': 'customer-secret' } };
