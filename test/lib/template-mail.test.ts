import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import {
  at,
  environmentOf,
  functionsOf,
  removeAssemblies,
  roleStatements,
  type Statement,
  type Synthesized,
  statements,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

const account = '<AWS::AccountId>';
const sesArn = (resource: string) => `arn:<AWS::Partition>:ses:<AWS::Region>:${account}:${resource}`;

/** What the function's role may do with a service. */
function allowed(synthesized: Synthesized, name: string, service: string): Statement[] {
  const role = String(functionsOf(synthesized).get(name)?.properties['Role']);
  return roleStatements(synthesized, role).filter(({ actions }) =>
    actions.some((action) => action.startsWith(`${service}:`)),
  );
}

describe.each(['dev', 'prod'] as const)('mail of %s', (stage) => {
  const synthesized = template(stage);
  const { one, ofType } = synthesized;

  test('is delivered over TLS or not at all, and never to who bounced or complained', () => {
    expect(one('AWS::SES::ConfigurationSet').properties).toMatchObject({
      Name: `latchkey-${stage}`,
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
  });

  test('is signed by the domain, and leaves under its name; a lost MX record does not stop it', () => {
    expect(one('AWS::SES::EmailIdentity').properties).toMatchObject({
      EmailIdentity: 'aiweedcompany.com',
      DkimSigningAttributes: { NextSigningKeyLength: 'RSA_2048_BIT' },
      MailFromAttributes: {
        MailFromDomain: 'mail.aiweedcompany.com',
        BehaviorOnMxFailure: 'USE_DEFAULT_VALUE',
      },
    });
  });

  test('may be sent by two functions only, as the one sender, through the configuration set', () => {
    const senders = [...functionsOf(synthesized).keys()].filter(
      (name) => allowed(synthesized, name, 'ses').length > 0,
    );
    expect(senders.sort()).toEqual(['deliver-key', 'mail-account']);
    for (const sender of senders) {
      expect(allowed(synthesized, sender, 'ses')).toEqual([
        expect.objectContaining({
          actions: ['ses:SendRawEmail'],
          resources: [sesArn('configuration-set/MailConfigurationSet'), sesArn('identity/aiweedcompany.com')],
          condition: { StringEquals: { 'ses:FromAddress': 'no-reply@aiweedcompany.com' } },
        }),
      ]);
    }
    const environment = environmentOf(functionsOf(synthesized).get('deliver-key') ?? one('none'));
    expect(environment).toMatchObject({
      MAIL_FROM: 'no-reply@aiweedcompany.com',
      MAIL_CONFIGURATION_SET: 'MailConfigurationSet',
    });
    expect(JSON.parse(environment['MAIL_PRODUCT'] ?? '')).toEqual({
      name: 'AI Decision Engine',
      company: 'AI Weed Company',
      apiUrl: 'https://api.aiweedcompany.com',
      documentationUrl: 'https://docs.aiweedcompany.com',
      statusUrl: 'https://status.aiweedcompany.com',
      supportAddress: 'support@aiweedcompany.com',
    });
  });

  test('tells what became of it to a topic that SES may use for this configuration set, and nobody else', () => {
    const destination = one('AWS::SES::ConfigurationSetEventDestination');
    expect(destination.properties).toEqual({
      ConfigurationSetName: 'MailConfigurationSet',
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['delivery', 'bounce', 'complaint', 'reject'],
        SnsDestination: { TopicARN: 'MailEvents' },
      },
    });
    // SES refuses a destination that it may not publish to.
    expect(destination.dependsOn).toContain('MailEventsPolicy');
    const policy = statements(one('AWS::SNS::TopicPolicy', 'MailEventsPolicy').properties['PolicyDocument']);
    expect(policy.filter(({ effect }) => effect === 'Allow')).toEqual([
      {
        effect: 'Allow',
        actions: ['sns:Publish'],
        resources: ['MailEvents'],
        principal: { Service: 'ses.amazonaws.com' },
        condition: {
          StringEquals: {
            'AWS:SourceAccount': account,
            'AWS:SourceArn': sesArn('configuration-set/MailConfigurationSet'),
          },
        },
      },
    ]);
    const key = one(
      'AWS::KMS::Key',
      String(one('AWS::SNS::Topic', 'MailEvents').properties['KmsMasterKeyId']),
    );
    expect(statements(key.properties['KeyPolicy'])).toContainEqual({
      effect: 'Allow',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      principal: { Service: 'ses.amazonaws.com' },
      condition: undefined,
    });
  });

  test('tells it to one function, which that topic alone may invoke', () => {
    const fn = 'DeliveryRecordMailEvent';
    const [subscription, ...others] = ofType('AWS::SNS::Subscription').filter(
      ({ properties }) => properties['TopicArn'] === 'MailEvents',
    );
    expect(others).toEqual([]);
    expect(subscription?.properties).toEqual({ Protocol: 'lambda', TopicArn: 'MailEvents', Endpoint: fn });
    const permissions = ofType('AWS::Lambda::Permission').filter(
      ({ properties }) => properties['Principal'] === 'sns.amazonaws.com',
    );
    expect(permissions.map(({ properties }) => properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: fn,
        Principal: 'sns.amazonaws.com',
        SourceArn: 'MailEvents',
      },
    ]);
  });

  test.each([
    ['MailBounceRate', 'AWS/SES', 'Reputation.BounceRate', 0.04],
    ['MailComplaintRate', 'AWS/SES', 'Reputation.ComplaintRate', 0.0008],
    ['MailEventsNotHandedOver', 'AWS/SNS', 'NumberOfNotificationsFailed', 1],
    ['MailEventsDropped', 'AWS/Lambda', 'AsyncEventsDropped', 1],
  ])(
    'rings %s before SES stops the account, or at the first event that gets lost',
    (name, Namespace, MetricName, Threshold) => {
      expect(one('AWS::CloudWatch::Alarm', name).properties).toMatchObject({
        Namespace,
        MetricName,
        Threshold,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
    },
  );

  test('needs DNS records that the outputs spell out, under names that docs/mail.md tells', () => {
    const records = Object.entries(synthesized.outputs).filter(([name]) => name.startsWith('MailDns'));
    const dkim = (index: number) =>
      `MailIdentity.DkimDNSTokenName${index} CNAME MailIdentity.DkimDNSTokenValue${index}`;
    expect(Object.fromEntries(records)).toEqual({
      MailDnsDkim1: dkim(1),
      MailDnsDkim2: dkim(2),
      MailDnsDkim3: dkim(3),
      MailDnsMailFromMx: 'mail.aiweedcompany.com MX 10 feedback-smtp.<AWS::Region>.amazonses.com',
      MailDnsMailFromSpf: 'mail.aiweedcompany.com TXT "v=spf1 include:amazonses.com ~all"',
      MailDnsDmarc: '_dmarc.aiweedcompany.com TXT "v=DMARC1; p=quarantine"',
    });
    const page = readFileSync(new URL('../../docs/mail.md', import.meta.url), 'utf8');
    for (const name of ['MailDnsDkim1', 'MailDnsMailFromMx', 'MailDnsMailFromSpf', 'MailDnsDmarc']) {
      expect(page).toContain(`\`${name}\``);
    }
  });

  test('an admin alert is published by who has the grant, by way of SNS only', () => {
    const topic = one('AWS::SNS::Topic', 'AdminAlertsTopic');
    const key = topic.properties['KmsMasterKeyId'];
    expect(synthesized.outputs['AdminAlertsTopicArn']).toBe(topic.name);
    expect(allowed(synthesized, 'deliver-key', 'sns')).toEqual([
      expect.objectContaining({ actions: ['sns:Publish'], resources: [topic.name], condition: undefined }),
    ]);
    const throughSns = { StringEquals: { 'kms:ViaService': 'sns.<AWS::Region>.amazonaws.com' } };
    expect(allowed(synthesized, 'deliver-key', 'kms')).toContainEqual(
      expect.objectContaining({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [key],
        condition: throughSns,
      }),
    );
    const policy = statements(
      one('AWS::SNS::TopicPolicy', 'AdminAlertsTopicPolicy').properties['PolicyDocument'],
    );
    expect(policy).toEqual([
      expect.objectContaining({ effect: 'Deny', condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
  });
});

test('an address that gets alarms gets admin alerts too', () => {
  const mailboxes = template('prod with a hosted zone')
    .ofType('AWS::SNS::Subscription')
    .filter(({ properties }) => properties['Protocol'] === 'email');
  expect(mailboxes.map(({ properties }) => [properties['TopicArn'], properties['Endpoint']])).toEqual([
    ['AlarmsTopic', 'on-call@example.com'],
    ['AdminAlertsTopic', 'on-call@example.com'],
  ]);
});

test('a stage whose identity another stage made neither makes nor tells one, and sends all the same', () => {
  const mail = { domain: 'example.com', from: 'dev@example.com', identity: 'existing' };
  const synthesized = synthesize('dev', { mail });
  expect(synthesized.ofType('AWS::SES::EmailIdentity')).toEqual([]);
  expect(Object.keys(synthesized.outputs).filter((name) => name.startsWith('MailDns'))).toEqual([]);
  const [statement] = allowed(synthesized, 'deliver-key', 'ses');
  expect(statement?.resources).toContain(sesArn('identity/example.com'));
  expect(at(statement?.condition, 'StringEquals', 'ses:FromAddress')).toBe('dev@example.com');
});
