import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKeySourceType,
  EndpointType,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  MockIntegration,
  Period,
  RequestAuthorizer,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { afterEach, expect, it } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import { startGateway } from '../../../local/gateway/start-gateway.ts';
import { openState } from '../../../local/state.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { allow, environment, registry, send, testInvoker, usageKey, withKey } from './support.ts';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function synthesize(): unknown {
  const app = new App();
  const stack = new Stack(app, 'S');
  const lambda = (functionName: string) =>
    new LambdaFunction(stack, functionName, {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('//'),
    });
  const backend = new LambdaIntegration(lambda('backend'));
  const api = new RestApi(stack, 'Api', {
    description: 'everything that the gateway reads, as CDK writes it',
    apiKeySourceType: ApiKeySourceType.AUTHORIZER,
    endpointTypes: [EndpointType.REGIONAL],
    disableExecuteApiEndpoint: true,
    cloudWatchRole: true,
    deployOptions: {
      stageName: 'v1',
      variables: { colour: 'blue' },
      tracingEnabled: true,
      metricsEnabled: true,
      loggingLevel: MethodLoggingLevel.ERROR,
      throttlingRateLimit: 1000,
      throttlingBurstLimit: 500,
      methodOptions: { '/usage/GET': { throttlingRateLimit: 0.001, throttlingBurstLimit: 2 } },
      accessLogDestination: new LogGroupLogDestination(new LogGroup(stack, 'Log')),
      accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
    },
    defaultCorsPreflightOptions: {
      allowOrigins: ['*'],
      exposeHeaders: ['RateLimit'],
      maxAge: Duration.hours(1),
    },
  });
  const authorizer = new RequestAuthorizer(stack, 'Authorizer', {
    handler: lambda('authorizer'),
    identitySources: [IdentitySource.header('X-API-Key')],
    resultsCacheTtl: Duration.seconds(0),
  });
  const evaluate = api.root
    .addResource('decisions')
    .addResource('evaluate')
    .addMethod('POST', backend, { authorizer, apiKeyRequired: true });
  api.root.addResource('usage').addMethod('GET', backend, {
    authorizer,
    requestParameters: { 'method.request.querystring.period': true },
    requestValidatorOptions: { validateRequestParameters: true },
  });
  api.root.addResource('keys').addResource('{id}').addMethod('ANY', backend);
  api.root.addResource('health').addMethod(
    'GET',
    new MockIntegration({
      requestTemplates: { 'application/json': '{"statusCode":200}' },
      integrationResponses: [
        { statusCode: '200', responseTemplates: { 'application/json': '{"status":"ok"}' } },
      ],
    }),
    { methodResponses: [{ statusCode: '200' }] },
  );
  api.addGatewayResponse('QuotaExceeded', {
    type: ResponseType.QUOTA_EXCEEDED,
    responseHeaders: { 'Retry-After': 'context.authorizer.resetsIn', RateLimit: "'quota;r=0'" },
    templates: {
      'application/json': '{"detail":$context.error.messageString,"tier":"$context.authorizer.tier"}',
    },
  });
  const plan = api.addUsagePlan('Plan', {
    name: 'free',
    throttle: { rateLimit: 100, burstLimit: 100 },
    quota: { limit: 2, period: Period.MONTH },
  });
  plan.addApiStage({
    stage: api.deploymentStage,
    throttle: [{ method: evaluate, throttle: { rateLimit: 50, burstLimit: 50 } }],
  });
  return app.synth().getStackByName('S').template;
}

it('serves an API as CDK synthesizes it', async () => {
  const { resources } = resolveTemplate(synthesize(), environment);
  const own = resources.filter(
    ({ type }) => type.startsWith('AWS::ApiGateway::') || type === 'AWS::Lambda::Permission',
  );
  const planId = own.find(({ type }) => type === 'AWS::ApiGateway::UsagePlan')?.ref ?? '';
  const state = openState(':memory:');
  const lines: string[] = [];
  const gateway = await startGateway({
    environment,
    clock: createClock({ state }),
    state,
    resources: own,
    invoker: testInvoker({
      authorizer: () => allow({ context: { tier: 'free', resetsIn: 123 } }),
      backend: ({ path }) => ({ statusCode: 200, body: String(path) }),
    }),
    usageKeys: registry({ one: { key: usageKey, plans: [planId] } }),
    port: 0,
    accessLog: (_, line) => void lines.push(line),
  });
  stops.push(gateway.close);
  const call = (verb: string, path: string, options = {}) => send(gateway.url, verb, path, options);

  expect(await call('GET', '/health')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  expect(await call('OPTIONS', '/decisions/evaluate')).toMatchObject({
    status: 204,
    headers: { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'RateLimit' },
  });
  expect(await call('PATCH', '/keys/a')).toMatchObject({ status: 200, body: '/keys/a' });
  expect(await call('GET', '/usage', withKey)).toMatchObject({
    status: 400,
    body: '{"message": "Missing required request parameters: [period]"}',
  });
  expect((await call('GET', '/usage?period=2026-11', withKey)).status).toBe(200);
  expect((await call('GET', '/usage?period=2026-11', withKey)).status).toBe(429);
  expect((await call('POST', '/decisions/evaluate', withKey)).status).toBe(200);
  expect((await call('POST', '/decisions/evaluate', withKey)).status).toBe(200);
  expect(await call('POST', '/decisions/evaluate', withKey)).toMatchObject({
    status: 429,
    body: '{"detail":"Limit Exceeded","tier":"free"}',
    headers: { 'retry-after': '123', ratelimit: 'quota;r=0' },
  });
  expect(lines.map((line) => JSON.parse(line).status)).toEqual([
    '200',
    '204',
    '200',
    '400',
    '200',
    '429',
    '200',
    '200',
    '429',
  ]);
});
