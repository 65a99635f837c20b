import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { App, Stack } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseConfig } from '../../../lib/config.ts';
import { AdminAlerts } from '../../../lib/constructs/admin-alerts.ts';
import { Alarms } from '../../../lib/constructs/alarms.ts';
import { LatchkeyFunction } from '../../../lib/constructs/latchkey-function.ts';
import { Mail } from '../../../lib/constructs/mail.ts';
import { type Services, startServices } from '../../../local/start-services.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment as base, clientConfig } from './support.ts';

/** Sends what it is told to; tells its log what it hears, after it failed once where the mail says so. */
const code = `
import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
const ses = new SESClient({ maxAttempts: 1 });
const sns = new SNSClient({ maxAttempts: 1 });
const failed = new Set();
export const handler = async ({ Records, send, alert }) => {
  if (send !== undefined) {
    const From = send.from ?? process.env.MAIL_FROM;
    const { MessageId } = await ses.send(new SendRawEmailCommand({
      ConfigurationSetName: process.env.MAIL_CONFIGURATION_SET,
      RawMessage: { Data: Buffer.from(['From: ' + From, 'To: ' + send.to, 'Subject: ' + send.subject, '', 'x'].join('\\r\\n')) },
      Tags: [{ Name: 'keyId', Value: 'k1' }],
    }));
    return MessageId;
  }
  if (alert !== undefined) {
    await sns.send(new PublishCommand({ TopicArn: process.env.ALERTS_TOPIC_ARN, Message: alert }));
    return;
  }
  for (const { Sns } of Records) {
    const { mail, eventType } = JSON.parse(Sns.Message);
    if (mail.commonHeaders.subject === 'fail once' && !failed.has(mail.messageId)) {
      failed.add(mail.messageId);
      throw new Error('not yet');
    }
    console.log(JSON.stringify({ heard: eventType, messageId: mail.messageId, keyId: mail.tags.keyId, at: mail.timestamp }));
  }
};
`;

/** The product's own constructs around functions of the test. */
function synthesize(): unknown {
  process.env['CDK_VALIDATION'] = 'false';
  const app = new App();
  const stack = new Stack(app, 'latchkey-dev');
  const config = parseConfig('dev');
  new RestApi(stack, 'Api').root.addMethod('GET', new MockIntegration());
  const mail = new Mail(stack, 'Mail', { config, alarms: new Alarms(stack, 'Alarms', { config }) });
  const alerts = new AdminAlerts(stack, 'AdminAlerts', { config });
  const add = (name: 'get-key' | 'list-keys' | 'get-usage') =>
    new LatchkeyFunction(stack, name, { config, name, description: 'of the test' });
  const granted = add('get-key');
  mail.grantSend(granted);
  alerts.grantPublish(granted);
  mail.feed(add('list-keys'));
  const bare = add('get-usage');
  bare.addEnvironment('MAIL_FROM', config.mail.from);
  bare.addEnvironment('MAIL_CONFIGURATION_SET', 'latchkey-dev');
  bare.addEnvironment('ALERTS_TOPIC_ARN', alerts.topic.topicArn);
  return app.synth().getStackByName('latchkey-dev').template;
}

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-mail-'));
const running = new AsyncDisposableStack();
let services: Services;
let lambda: LambdaClient;

beforeAll(async () => {
  const assets = join(dataDir, 'code');
  mkdirSync(assets);
  writeFileSync(join(assets, 'index.mjs'), code);
  symlinkSync(new URL('../../../node_modules', import.meta.url).pathname, join(assets, 'node_modules'));
  const environment = { ...base, stackName: 'latchkey-dev', dataDir };
  const template = resolveTemplate(synthesize(), environment);
  const ports = { dashboardPort: 0, port: 0, awsPort: 0, inboxPort: 0, issuerPort: 0, stripePort: 0 };
  const assetsOf = { assetPath: () => assets, assetFolder: () => assets };
  services = await startServices({ environment, template, ...assetsOf, ...ports }, running);
  lambda = new LambdaClient(clientConfig(services.awsEndpoint));
});
afterAll(async () => {
  lambda.destroy();
  await running.disposeAsync();
  rmSync(dataDir, { recursive: true, force: true });
});

async function invoke(name: string, payload: object): Promise<{ answer: unknown; failed: boolean }> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: `latchkey-dev-${name}`, Payload: JSON.stringify(payload) }),
  );
  const answer: unknown = JSON.parse(Payload?.transformToString() || 'null');
  return { answer, failed: FunctionError !== undefined };
}

const send = async (mail: object) => (await invoke('get-key', { send: mail })).answer;

function log(file: string): Record<string, unknown>[] {
  const lines = readFileSync(join(services.logs.folder, file), 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
}

/** What the fed function heard of a mail. */
function heard(messageId: unknown) {
  return vi.waitFor(
    () => {
      const lines = log('latchkey/dev/list-keys.log').filter((line) => line['messageId'] === messageId);
      expect(lines).not.toEqual([]);
      return lines;
    },
    { timeout: 15_000, interval: 50 },
  );
}

test('a function with the grant sends, and the one that is fed hears what became of it', async () => {
  const messageId = await send({ to: 'ada@example.com', subject: 'Your key' });
  expect(await heard(messageId)).toEqual([
    expect.objectContaining({ heard: 'Delivery', messageId, keyId: ['k1'] }),
  ]);
});

test('a function that fails on an event gets it again', async () => {
  const messageId = await send({ to: 'bounce@example.com', subject: 'fail once' });
  await vi.waitFor(() =>
    expect(readFileSync(join(services.logs.folder, 'local/sns.log'), 'utf8')).toContain('Attempt 1 of 3'),
  );
  await services.clock.moveTo(services.clock.now() + 61_000);
  expect(await heard(messageId)).toEqual([expect.objectContaining({ heard: 'Bounce' })]);
});

test('what is told of a mail is dated on the moved clock', async () => {
  await services.clock.moveTo(services.clock.now() + 30 * 86_400_000);
  const [event] = await heard(await send({ to: 'ada@example.com', subject: 'later' }));
  expect(Math.abs(Date.parse(String(event?.['at'])) - services.clock.now())).toBeLessThan(60_000);
});

test('the grant is for the one sender', async () => {
  const { answer, failed } = await invoke('get-key', {
    send: { from: 'ceo@aiweedcompany.com', to: 'ada@example.com', subject: 'x' },
  });
  expect(failed).toBe(true);
  expect(answer).toMatchObject({
    errorMessage: expect.stringContaining('not authorized to perform: ses:SendRawEmail'),
  });
});

test('an alert of a function with the grant is in the log of messages', async () => {
  expect(await invoke('get-key', { alert: 'k1 expired unclaimed' })).toEqual({ answer: null, failed: false });
  await vi.waitFor(() =>
    expect(log('local/sns.log')).toContainEqual(
      expect.objectContaining({
        topic: expect.stringContaining('AdminAlerts'),
        message: 'k1 expired unclaimed',
      }),
    ),
  );
});

test.each([
  [{ send: { to: 'ada@example.com', subject: 'x' } }, 'ses:SendRawEmail'],
  [{ alert: 'x' }, 'sns:Publish'],
])('a function without the grant can do neither: %j', async (payload, action) => {
  const { answer, failed } = await invoke('get-usage', payload);
  expect(failed).toBe(true);
  expect(answer).toMatchObject({
    errorMessage: expect.stringContaining(`not authorized to perform: ${action}`),
  });
});
