import { SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { SNSEvent, SNSMessage } from 'aws-lambda';
import { createKms } from '../../../local/aws/kms.ts';
import { createSes } from '../../../local/aws/ses.ts';
import { createSns } from '../../../local/aws/sns.ts';
import { createClock } from '../../../local/clock.ts';
import { startInbox } from '../../../local/inbox.ts';
import type { FunctionInvoker } from '../../../local/lambda/invoker.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import { openState, type State } from '../../../local/state.ts';
import {
  clientConfig,
  environment,
  key,
  policyDocument,
  resource,
  role,
  roleArn,
  startEndpoint,
  statement,
} from './support.ts';

const { region, accountId } = environment;
export const sesArn = (name: string) => `arn:aws:ses:${region}:${accountId}:${name}`;
export const topicArn = (name: string) => `arn:aws:sns:${region}:${accountId}:${name}`;
export const functionArn = (name: string) => `arn:aws:lambda:${region}:${accountId}:function:${name}`;

export const from = 'no-reply@example.com';
const outcomes = topicArn('outcomes');
const alerts = topicArn('alerts');

/** A topic's key, used by whoever the statements name beside the account. */
function topicKey(logicalId: string, ...statements: object[]) {
  const account = {
    Effect: 'Allow',
    Action: 'kms:*',
    Resource: '*',
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
  };
  return key(logicalId, { KeyPolicy: policyDocument(account, ...statements) });
}

const sesOnKey = {
  Effect: 'Allow',
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: '*',
  Principal: { Service: 'ses.amazonaws.com' },
};
export const outcomesKey = topicKey('OutcomesKey', sesOnKey);
export const closedKey = topicKey('OutcomesKey');
const alertsKey = topicKey('AlertsKey');

export const topicPolicy = (sourceArn = sesArn('configuration-set/mails')) =>
  resource('AWS::SNS::TopicPolicy', 'OutcomesPolicy', 'policy', {
    Topics: [outcomes],
    PolicyDocument: policyDocument(
      {
        Effect: 'Deny',
        Action: 'sns:Publish',
        Resource: outcomes,
        Principal: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Effect: 'Allow',
        Action: 'sns:Publish',
        Resource: outcomes,
        Principal: { Service: 'ses.amazonaws.com' },
        Condition: { StringEquals: { 'AWS:SourceAccount': accountId, 'AWS:SourceArn': sourceArn } },
      },
    ),
  });

export const permission = (sourceArn: string) =>
  resource('AWS::Lambda::Permission', 'MayInvoke', 'may-invoke', {
    Action: 'lambda:InvokeFunction',
    FunctionName: functionArn('listen'),
    Principal: 'sns.amazonaws.com',
    SourceArn: sourceArn,
  });

export const destination = (events: readonly string[], more: object = {}) =>
  resource('AWS::SES::ConfigurationSetEventDestination', 'Destination', 'destination', {
    ConfigurationSetName: 'mails',
    EventDestination: {
      Enabled: true,
      MatchingEventTypes: events,
      SnsDestination: { TopicARN: outcomes },
      ...more,
    },
  });

const maySend = (address: string, ...resources: string[]) =>
  statement('ses:SendRawEmail', resources.map(sesArn), {
    Condition: { StringEquals: { 'ses:FromAddress': address } },
  });
const viaSns = { Condition: { StringEquals: { 'kms:ViaService': `sns.${region}.amazonaws.com` } } };
const useAlertsKey = ['kms:Decrypt', 'kms:GenerateDataKey'];

const roles = [
  role('sender', [maySend(from, 'identity/example.com', 'configuration-set/mails')]),
  role('other-sender', [maySend('other@example.com', 'identity/example.com', 'configuration-set/mails')]),
  role('sender-without-set', [maySend(from, 'identity/example.com')]),
  role('nobody'),
  role('publisher', [statement('sns:Publish', alerts), statement(useAlertsKey, alertsKey.arn, viaSns)]),
  role('publisher-without-key', [statement('sns:Publish', alerts)]),
];

/** A mail setup as the stack has it; what a test replaces is named by its logical id. */
export function mailResources(...replaced: ResolvedResource[]): ResolvedResource[] {
  const usual = [
    resource('AWS::SES::ConfigurationSet', 'Mails', 'mails', {
      Name: 'mails',
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
    }),
    destination(['delivery', 'bounce', 'complaint', 'reject']),
    resource('AWS::SES::EmailIdentity', 'Identity', 'example.com', { EmailIdentity: 'example.com' }),
    resource('AWS::SNS::Topic', 'Outcomes', outcomes, { KmsMasterKeyId: outcomesKey.arn }),
    outcomesKey,
    topicPolicy(),
    resource('AWS::SNS::Subscription', 'Listening', `${outcomes}:1`, {
      Protocol: 'lambda',
      TopicArn: outcomes,
      Endpoint: functionArn('listen'),
    }),
    permission(outcomes),
    resource('AWS::SNS::Topic', 'Alerts', alerts, { KmsMasterKeyId: alertsKey.arn }),
    alertsKey,
    resource('AWS::SNS::Subscription', 'Mailbox', `${alerts}:1`, {
      Protocol: 'email',
      TopicArn: alerts,
      Endpoint: 'on-call@example.com',
    }),
    ...roles,
  ];
  return usual.map((one) => replaced.find(({ logicalId }) => logicalId === one.logicalId) ?? one);
}

export interface SentMail {
  readonly to?: string;
  readonly from?: string;
  readonly set?: string | null;
  readonly tags?: Readonly<Record<string, string>>;
  readonly as?: string;
  readonly headers?: readonly string[];
  readonly destinations?: readonly string[];
}

/** SES, SNS and the inbox behind the real endpoint, with the unmodified SDK's clients. */
export async function startMail(
  invoker: FunctionInvoker,
  resources = mailResources(),
  state: State = openState(':memory:'),
) {
  const clock = createClock({ state });
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const options = { environment, clock, state, resources };
  const kms = createKms(options);
  const sns = createSns({ ...options, keyArn: kms.keyArn, invoker, log });
  const ses = createSes({ ...options, inbox: { accept: (request) => inbox.accept(request) }, sns, log });
  // Behind those that refuse what they do not know, so that nothing is left running then.
  const inbox = await startInbox({ port: 0 });
  const endpoint = await startEndpoint([ses, sns, kms], resources);
  sns.start();
  const config = (as?: string) =>
    clientConfig(endpoint.url, as === undefined ? undefined : endpoint.iam.credentialsOf(roleArn(as)));
  return {
    clock,
    inbox,
    /** What was logged: messages as they were published, and complaints. */
    published: () =>
      lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, string>),
    complaints: () => lines.filter((line) => !line.startsWith('{')),
    send(mail: SentMail = {}) {
      const text = [
        `From: Example <${mail.from ?? from}>`,
        `To: ${mail.to ?? 'ada@example.org'}`,
        'Subject: Your key',
        ...(mail.headers ?? []),
        '',
        'hello',
      ].join('\r\n');
      return new SESClient(config(mail.as)).send(
        new SendRawEmailCommand({
          RawMessage: { Data: Buffer.from(text) },
          ...(mail.set === null ? {} : { ConfigurationSetName: mail.set ?? 'mails' }),
          ...(mail.destinations === undefined ? {} : { Destinations: [...mail.destinations] }),
          Tags: Object.entries(mail.tags ?? {}).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
    },
    publish: (
      message: string,
      { as, topic = alerts, Subject }: { as?: string; topic?: string; Subject?: string } = {},
    ) =>
      new SNSClient(config(as)).send(
        new PublishCommand({
          TopicArn: topic,
          Message: message,
          ...(Subject === undefined ? {} : { Subject }),
        }),
      ),
    ses: () => new SESClient(config()),
    sns: () => new SNSClient(config()),
    async close() {
      await sns.close();
      await endpoint.close();
      await inbox.close();
    },
  };
}

/** The first message of what a subscribed function got. */
export function messageIn(payload: unknown): SNSMessage {
  const [record] = (payload as SNSEvent).Records;
  if (record === undefined) throw new Error('the event holds no record');
  return record.Sns;
}
