import { afterEach, expect, it } from 'vitest';
import {
  allow,
  api,
  authorizer,
  keyed,
  method,
  plan,
  stage,
  start,
  stopAll,
  usageKey,
  withKey,
} from './support.ts';

afterEach(stopAll);

const names = [
  'requestId',
  'identity.sourceIp',
  'identity.apiKeyId',
  'identity.userAgent',
  'identity.user',
  'requestTime',
  'requestTimeEpoch',
  'httpMethod',
  'resourcePath',
  'path',
  'status',
  'protocol',
  'responseLength',
  'responseLatency',
  'integrationLatency',
  'integration.status',
  'integrationErrorMessage',
  'error.message',
  'error.responseType',
  'authorizer.principalId',
  'authorizer.tier',
  'authorizer.nothing',
  'authorizer.error',
  'authorizer.latency',
  'waf.status',
  'noSuchVariable',
  'stage',
];
const format = `{${names.map((name) => `"${name}":"$context.${name}"`).join(',')},"quoted":$context.error.messageString}`;
const logged = () =>
  api(
    method('GET', '/thing', keyed),
    authorizer(),
    plan(),
    stage({ AccessLogSetting: { DestinationArn: 'arn:log-group', Format: format } }),
  );

it('substitutes every variable of an answered request, a dash for what it lacks', async () => {
  const arns: string[] = [];
  const lines: string[] = [];
  const gateway = await start(
    logged(),
    { authorizer: () => allow({ context: { tier: 'free' } }) },
    {
      accessLog: (arn, line) => {
        arns.push(arn);
        lines.push(line);
      },
    },
  );
  const answer = await gateway.send('GET', '/thing', withKey);
  const line = (lines[0] ?? '').replace('"quoted":-', '"quoted":"-"');
  expect(arns).toEqual(['arn:log-group']);
  expect(JSON.parse(line)).toEqual({
    requestId: answer.headers['x-amzn-requestid'],
    'identity.sourceIp': '127.0.0.1',
    'identity.apiKeyId': usageKey.id,
    'identity.userAgent': '-',
    'identity.user': '-',
    requestTime: expect.stringMatching(/\+0000$/),
    requestTimeEpoch: expect.stringMatching(/^\d{13}$/),
    httpMethod: 'GET',
    resourcePath: '/thing',
    path: '/v1/thing',
    status: '200',
    protocol: 'HTTP/1.1',
    responseLength: String(answer.body.length),
    responseLatency: expect.stringMatching(/^\d+$/),
    integrationLatency: expect.stringMatching(/^\d+$/),
    'integration.status': '200',
    integrationErrorMessage: '-',
    'error.message': '-',
    'error.responseType': '-',
    'authorizer.principalId': 'someone',
    'authorizer.tier': 'free',
    'authorizer.nothing': '-',
    'authorizer.error': '-',
    'authorizer.latency': expect.stringMatching(/^\d+$/),
    'waf.status': '-',
    noSuchVariable: '-',
    stage: 'v1',
    quoted: '-',
  });
});

it('names the response type of a refusal and what went wrong behind it, which the client never sees', async () => {
  const gateway = await start(logged(), {
    backend: () => {
      throw new Error('secret detail');
    },
  });
  const answer = await gateway.send('GET', '/thing', withKey);
  const line = JSON.parse(gateway.lines[0] ?? '');
  expect(line).toMatchObject({
    status: '502',
    'error.responseType': 'DEFAULT_5XX',
    'error.message': 'Internal server error',
    quoted: 'Internal server error',
    integrationErrorMessage: expect.stringContaining('function:backend failed with Error'),
  });
  expect(answer.body).not.toContain('function');
  expect(gateway.lines[0]).not.toContain('secret detail');
});

it('has one line for an unknown path, with a dash for the resource', async () => {
  const gateway = await start(logged());
  await gateway.send('GET', '/nowhere');
  expect(gateway.lines).toHaveLength(1);
  expect(JSON.parse(gateway.lines[0] ?? '')).toMatchObject({
    status: '403',
    resourcePath: '-',
    'error.responseType': 'MISSING_AUTHENTICATION_TOKEN',
  });
});

it('lets no value of a request end its field', async () => {
  const gateway = await start(logged());
  await gateway.send('GET', '/thing', {
    headers: { ...withKey.headers, 'User-Agent': 'a","status":"999\\' },
  });
  const line = JSON.parse((gateway.lines[0] ?? '').replace('"quoted":-', '"quoted":null'));
  expect(line).toMatchObject({ status: '200', 'identity.userAgent': 'a","status":"999\\' });
});
