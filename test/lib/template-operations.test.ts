import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import {
  allVariants,
  at,
  certificateArn,
  environmentOf,
  functionsOf,
  hostedZone,
  list,
  management,
  type Properties,
  removeAssemblies,
  roleStatements,
  statements,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

const root = fileURLToPath(new URL('../..', import.meta.url));

const functionOutputs = {
  ...Object.fromEntries(
    Object.entries(management).map(([name, resource]) => [`${pascalCase(name)}Function`, resource]),
  ),
  KeyAdministratorsPolicyArn: 'ManagementAccessKeyAdministrators',
  KeyAuditorsPolicyArn: 'ManagementAccessKeyAuditors',
  AdminAlertsTopicArn: 'AdminAlertsTopic',
  // What connects Stripe.
  StripeApiKeySecret: 'PaymentsStripeApiKey',
  StripeWebhookSecret: 'PaymentsStripeWebhookSecret',
  DashboardUrl: 'https://DashboardDistribution.DomainName',
  // What the dashboard signs in by.
  IdentityIssuer: 'IdentityUsersPool.ProviderURL',
  IdentityClientId: 'IdentityUsersPoolDashboard',
  IdentitySignInUrl: 'https://IdentityUsersPoolDomain.auth.<AWS::Region>.amazoncognito.com',
  // Where the domain's DNS is not in the stack, these must be set before a mail is taken.
  MailDnsDkim1: 'MailIdentity.DkimDNSTokenName1 CNAME MailIdentity.DkimDNSTokenValue1',
  MailDnsDkim2: 'MailIdentity.DkimDNSTokenName2 CNAME MailIdentity.DkimDNSTokenValue2',
  MailDnsDkim3: 'MailIdentity.DkimDNSTokenName3 CNAME MailIdentity.DkimDNSTokenValue3',
  MailDnsMailFromMx: 'mail.aiweedcompany.com MX 10 feedback-smtp.<AWS::Region>.amazonses.com',
  MailDnsMailFromSpf: 'mail.aiweedcompany.com TXT "v=spf1 include:amazonses.com ~all"',
  MailDnsDmarc: '_dmarc.aiweedcompany.com TXT "v=DMARC1; p=quarantine"',
};

/** `GenerateKey` */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

describe.each(['dev', 'prod'] as const)('alarms of %s', (stage) => {
  const synthesized = template(stage);
  const { one, ofType } = synthesized;
  const alarms = ofType('AWS::CloudWatch::Alarm');
  /** Anchors as GitHub makes them of headings. */
  const anchors = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/[^\w-]/g, ''),
    );

  test('watch the API, the authorizers, the meter, the logs, the record, mails, payments, rotation, detection, erasures and the number of usage keys', () => {
    expect(alarms.map(({ name }) => name).sort()).toEqual([
      'AccountMailFailed',
      'AccountMailLags',
      'AccountsErasuresFail',
      'AccountsSignInFailures',
      'AccountsSweepMissing',
      'AlertNewsFailed',
      'AlertNewsLags',
      'ApiServerErrors',
      'AuditRecordConflicts',
      'AuditRecordLags',
      'AuthorizerAuthorizerFailures',
      'DecisionsMeterUnavailable',
      'DecisionsMeterUnknownOutcomes',
      'DeliveryDeliveryLags',
      'DeliveryMailsDeferred',
      'DeliveryMailsFailed',
      'DetectionLooksFail',
      'DetectionSweepMissing',
      'DetectionTrafficLost',
      'MailBounceRate',
      'MailComplaintRate',
      'MailEventsDropped',
      'MailEventsNotHandedOver',
      'PaymentsCheckSweepMissing',
      'PaymentsPaymentEventsFail',
      'PaymentsPaymentEventsRefused',
      'PaymentsPaymentsFail',
      'PaymentsPaymentsHalfConnected',
      'PaymentsPaymentsLag',
      'PaymentsPaymentsNotAsAgreed',
      'PaymentsStripeUnavailableForChooseTier',
      'PaymentsStripeUnavailableForOpenPortal',
      'PaymentsSweepMissing',
      'RotationRotationFails',
      'RotationRotationLags',
      'RotationSweepMissing',
      'SubscriptionsUsageKeysNearlyUsedUpByApproveRequest',
      'SubscriptionsUsageKeysNearlyUsedUpByChangeTier',
      'SubscriptionsUsageKeysNearlyUsedUpByChooseTier',
      'SubscriptionsUsageKeysNearlyUsedUpByCreateAccountKey',
      'SubscriptionsUsageKeysNearlyUsedUpByGenerateKey',
      'SubscriptionsUsageKeysNearlyUsedUpByReceivePaymentEvent',
      'SubscriptionsUsageKeysNearlyUsedUpBySettlePayments',
    ]);
  });

  test.each(alarms)('$name tells somebody, and where to read what to do', ({ name, properties }) => {
    expect(properties['AlarmActions']).toEqual(['AlarmsTopic']);
    expect(properties['OKActions']).toEqual(['AlarmsTopic']);
    // They count what goes wrong, so that no data is good news: but for those that miss what should happen.
    expect(properties['TreatMissingData']).toBe(name.endsWith('SweepMissing') ? 'breaching' : 'notBreaching');
    const anchor = /docs\/runbook\.md#([\w-]+)$/.exec(String(properties['AlarmDescription']))?.[1];
    expect(anchors).toContain(anchor);
  });

  test.each([
    ['record', 'AuditRecordLags', 'AuditRecordAudit'],
    ['owners', 'DeliveryDeliveryLags', 'DeliveryDeliverKey'],
    ['owners of accounts', 'AccountMailLags', 'AccountMailMailAccount'],
    ['owners of what is unusual', 'AlertNewsLags', 'AlertNewsDeliverAlerts'],
  ])('ring for the %s long before the stream lets go of a change that was not taken', (_, alarm, fn) => {
    const { properties } = one('AWS::CloudWatch::Alarm', alarm);
    expect(properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'IteratorAge',
      Dimensions: [{ Name: 'FunctionName', Value: fn }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      // Ten minutes, of 24 hours.
      Threshold: 600_000,
    });
  });

  test('ring when lines of the logs get lost: a function that always fails, or a batch that was given up', () => {
    const { properties } = one('AWS::CloudWatch::Alarm', 'DetectionTrafficLost');
    expect(properties).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      // Lambda tries a batch three times.
      Threshold: 3,
    });
    const of = (Id: string, MetricName: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions: [{ Name: 'FunctionName', Value: 'DetectionAggregateTraffic' }],
        },
        Period: 300,
        Stat: 'Sum',
      },
    });
    expect(properties['Metrics']).toEqual([
      expect.objectContaining({ Expression: 'FILL(errors, 0) + 3 * FILL(dropped, 0)' }),
      of('errors', 'Errors'),
      of('dropped', 'AsyncEventsDropped'),
    ]);
  });

  test('ring for the first change that contradicts the record', () => {
    expect(one('AWS::CloudWatch::Alarm', 'AuditRecordConflicts').properties).toMatchObject({
      MetricName: metricNames.auditConflicts,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
    });
  });

  test.each([
    ['RotationSweepMissing', 'RotationRotateKeys'],
    ['AccountsSweepMissing', 'AccountsEraseAccounts'],
    ['PaymentsSweepMissing', 'PaymentsSettlePayments'],
    ['PaymentsCheckSweepMissing', 'PaymentsCheckPayments'],
    ['DetectionSweepMissing', 'DetectionDetectAnomalies'],
  ])(
    '%s rings when no sweep of %s has come to its end for three hours, be it that its rule is gone',
    (name, fn) => {
      const { properties } = one('AWS::CloudWatch::Alarm', name);
      expect(properties).toMatchObject({
        EvaluationPeriods: 3,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      });
      const metrics = list(properties['Metrics']) as Properties[];
      const [told, ...more] = metrics.filter((metric) => metric['ReturnData'] !== false);
      expect(more).toEqual([]);
      // One that fails is no sweep. Lambda counts it as an invocation all the same.
      expect(told?.['Expression']).toBe('invocations - FILL(errors, 0)');
      const counted = metrics.flatMap((metric) => ('MetricStat' in metric ? [metric] : []));
      const of = (id: string, MetricName: string) => ({
        Id: id,
        ReturnData: false,
        MetricStat: {
          Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: fn }] },
          Period: 3600,
          Stat: 'Sum',
        },
      });
      expect(counted).toEqual([of('invocations', 'Invocations'), of('errors', 'Errors')]);
    },
  );

  test.each([
    ['RotationHourly', 'RotationRotateKeys', 'rate(1 hour)'],
    ['AccountsHourly', 'AccountsEraseAccounts', 'rate(1 hour)'],
    ['PaymentsHourly', 'PaymentsSettlePayments', 'rate(1 hour)'],
    // What it tells is about hours of the clock.
    ['DetectionHourly', 'DetectionDetectAnomalies', 'cron(0 * * * ? *)'],
  ])('look after sweeps that run every hour: %s starts %s, and no other service may', (name, fn, every) => {
    const rule = one('AWS::Events::Rule', name);
    expect(rule.properties).toMatchObject({
      ScheduleExpression: every,
      State: 'ENABLED',
      Targets: [expect.objectContaining({ Arn: fn })],
    });
    const permissions = ofType('AWS::Lambda::Permission').filter(
      ({ properties }) => properties['FunctionName'] === fn,
    );
    expect(permissions.map(({ properties }) => properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: fn,
        Principal: 'events.amazonaws.com',
        SourceArn: name,
      },
    ]);
  });

  test('leave no schedule out: there is none but those of the sweeps, and the look at Stripe’s secrets', () => {
    expect(
      ofType('AWS::Events::Rule')
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      'AccountsHourly',
      'DetectionHourly',
      'PaymentsEveryMinute',
      'PaymentsHourly',
      'RotationHourly',
    ]);
    expect(one('AWS::Events::Rule', 'PaymentsEveryMinute').properties['ScheduleExpression']).toBe(
      'rate(1 minute)',
    );
    expect(ofType('AWS::Scheduler::Schedule')).toEqual([]);
  });

  test('ring when five sign-ins could not be checked, and for the first account that is still known elsewhere', () => {
    const sums = ['AccountsSignInFailures', 'AccountsErasuresFail'].map((name) => {
      const { properties } = one('AWS::CloudWatch::Alarm', name);
      return [
        properties['MetricName'],
        properties['Statistic'],
        properties['ComparisonOperator'],
        properties['Threshold'],
      ];
    });
    expect(sums).toEqual([
      [metricNames.signInFailures, 'Sum', 'GreaterThanOrEqualToThreshold', 5],
      [metricNames.erasuresFailed, 'Sum', 'GreaterThanOrEqualToThreshold', 1],
    ]);
  });

  test('ring at 8,000 usage keys, whichever function plans one more', () => {
    const watched = ofType('AWS::CloudWatch::Alarm').filter(
      ({ properties }) => properties['MetricName'] === metricNames.usageKeys,
    );
    for (const { name, properties } of watched) {
      expect(properties, name).toMatchObject({
        Statistic: 'Maximum',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        Threshold: 8_000,
      });
    }
    // Usage keys are made by POST, which nothing else in the product sends to API Gateway.
    const planning = [...functionsOf(synthesized)].filter(([, fn]) =>
      roleStatements(synthesized, String(fn.properties['Role'])).some(
        ({ actions, resources }) =>
          actions.includes('apigateway:POST') && resources.some((arn) => arn.endsWith('::/apikeys')),
      ),
    );
    expect(planning.map(([name]) => name)).toContain('create-account-key');
    expect(watched.map(({ properties }) => at(properties, 'Dimensions', 0, 'Value')).sort()).toEqual(
      planning.map(([name]) => name).sort(),
    );
  });

  test('ring for the first key that the sweep cannot deal with, and when what was due is two hours old', () => {
    expect(one('AWS::CloudWatch::Alarm', 'RotationRotationFails').properties).toMatchObject({
      MetricName: metricNames.rotationFailed,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
    });
    expect(one('AWS::CloudWatch::Alarm', 'RotationRotationLags').properties).toMatchObject({
      MetricName: metricNames.rotationLag,
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      Threshold: 7_200,
    });
  });

  test('ring for the first change that owners cannot be told at all, and for five mails that have to wait', () => {
    const sums = ['DeliveryMailsFailed', 'DeliveryMailsDeferred'].map((name) => {
      const { properties } = one('AWS::CloudWatch::Alarm', name);
      return [properties['MetricName'], properties['Statistic'], properties['Threshold']];
    });
    expect(sums).toEqual([
      [metricNames.mailsFailed, 'Sum', 1],
      [metricNames.mailsDeferred, 'Sum', 5],
    ]);
  });

  test('ring before SES does: it reviews an account at 5 % bounces and 0.1 % complaints', () => {
    const rates = ['MailBounceRate', 'MailComplaintRate'].map((name) => {
      const { properties } = one('AWS::CloudWatch::Alarm', name);
      return [properties['Namespace'], properties['MetricName'], properties['Threshold']];
    });
    expect(rates).toEqual([
      ['AWS/SES', 'Reputation.BounceRate', 0.04],
      ['AWS/SES', 'Reputation.ComplaintRate', 0.0008],
    ]);
  });

  const ownMetrics = alarms.filter(
    ({ properties }) => 'Namespace' in properties && !String(properties['Namespace']).startsWith('AWS/'),
  );
  test('watch metrics of our own too', () => expect(ownMetrics).toHaveLength(28));
  test.each(ownMetrics)(
    '$name hears what the function emits, and nothing of another stage',
    ({ properties }) => {
      const service = String(at(properties, 'Dimensions', 0, 'Value'));
      const fn = functionsOf(synthesized).get(service);
      if (fn === undefined) throw new Error(`there is no function ${service}`);
      // A metric of other dimensions is another metric: an alarm on it would be silent for ever.
      expect(emitted(environmentOf(fn), String(properties['MetricName']))).toEqual({
        namespace: properties['Namespace'],
        dimensions: list(properties['Dimensions']).map((dimension) => [
          at(dimension, 'Name'),
          at(dimension, 'Value'),
        ]),
      });
      expect(Object.values(metricNames)).toContain(properties['MetricName']);
      expect(properties['Namespace']).toBe(`Latchkey/${stage}`);
    },
  );

  test('hear their metrics whatever is counted: nothing that an alarm watches is emitted with a dimension of its own', () => {
    const watched = Object.entries(metricNames)
      .filter(([, metric]) => ownMetrics.some(({ properties }) => properties['MetricName'] === metric))
      .map(([name]) => name);
    const sources = globSync('functions/**/*.ts', { cwd: root }).map((file) =>
      readFileSync(`${root}/${file}`, 'utf8'),
    );
    const dimensioned = sources.flatMap((source) =>
      [...source.matchAll(/metricNames\.(\w+),\s*\{\s*\w/g)].map(([, name]) => String(name)),
    );
    // So that another way of writing it does not blind this test.
    expect(dimensioned).toContain('authorizerRefusals');
    expect(dimensioned.filter((name) => watched.includes(name))).toEqual([]);
  });

  const topics = [
    [
      'AlarmsTopic',
      {
        principal: { Service: 'cloudwatch.amazonaws.com' },
        condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
      },
    ],
    [
      'MailEvents',
      {
        principal: { Service: 'ses.amazonaws.com' },
        condition: {
          StringEquals: {
            'AWS:SourceAccount': '<AWS::AccountId>',
            'AWS:SourceArn':
              'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/MailConfigurationSet',
          },
        },
      },
    ],
    // By functions alone, whose roles permit it.
    ['AdminAlertsTopic', undefined],
  ] as const;

  test('and mail events and alerts have a topic each, and there is no other', () => {
    expect(
      ofType('AWS::SNS::Topic')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(topics.map(([name]) => name).sort());
  });

  test.each(topics)(
    '%s is published to by one service at most, and by nobody without TLS',
    (name, service) => {
      // The topic's own policy replaces the default one, which would let the account's services publish.
      const [policy, ...more] = ofType('AWS::SNS::TopicPolicy').filter(({ properties }) =>
        list(properties['Topics']).includes(name),
      );
      expect(more).toEqual([]);
      expect(policy?.properties['Topics']).toEqual([name]);
      const [deny, ...allow] = statements(policy?.properties['PolicyDocument']).toSorted((a, b) =>
        String(b.effect).localeCompare(String(a.effect)),
      );
      expect(deny).toMatchObject({
        effect: 'Deny',
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
      expect(allow).toEqual(
        service === undefined
          ? []
          : [{ effect: 'Allow', actions: ['sns:Publish'], resources: [name], ...service }],
      );
    },
  );

  test('may be published by CloudWatch through the key of their topic too', () => {
    const topic = one('AWS::SNS::Topic', 'AlarmsTopic');
    const cloudWatch = {
      effect: 'Allow',
      principal: { Service: 'cloudwatch.amazonaws.com' },
      condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
    };
    const key = one('AWS::KMS::Key', String(topic.properties['KmsMasterKeyId']));
    expect(statements(key.properties['KeyPolicy'])).toContainEqual({
      ...cloudWatch,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    });
  });
});

/** What a function with this environment really writes for a metric. */
function emitted(environment: Readonly<Record<string, string>>, metric: string) {
  const telemetry = new URL('../../functions/runtime/telemetry.ts', import.meta.url).href;
  const line = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', `(await import('${telemetry}')).count('${metric}')`],
    { encoding: 'utf8', env: environment },
  );
  const record: unknown = JSON.parse(line);
  const directive = at(record, '_aws', 'CloudWatchMetrics', 0);
  expect(at(directive, 'Metrics', 0, 'Name')).toBe(metric);
  return {
    namespace: at(directive, 'Namespace'),
    dimensions: list(at(directive, 'Dimensions', 0)).map((name) => [name, at(record, String(name))]),
  };
}

test('alarms and alerts reach a mailbox where the configuration names one, and else only their topics', () => {
  const subscriptions = (variant: 'prod' | 'prod with a hosted zone') =>
    template(variant)
      .ofType('AWS::SNS::Subscription')
      .map(({ properties }) => [properties['TopicArn'], properties['Protocol'], properties['Endpoint']])
      .sort();
  // What became of a mail is for a function alone.
  const events = ['MailEvents', 'lambda', 'DeliveryRecordMailEvent'];
  expect(subscriptions('prod')).toEqual([events]);
  expect(subscriptions('prod with a hosted zone')).toEqual([
    ['AdminAlertsTopic', 'email', 'on-call@example.com'],
    ['AlarmsTopic', 'email', 'on-call@example.com'],
    events,
  ]);
});

describe.each(['dev', 'prod'] as const)('mail of %s', (stage) => {
  const { one } = template(stage);

  test('leaves by TLS or not at all, and to no address that bounced or complained', () => {
    expect(one('AWS::SES::ConfigurationSet').properties).toMatchObject({
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
      ReputationOptions: { ReputationMetricsEnabled: true },
    });
  });

  test('tells what became of it: delivered, bounced, complained of or refused, and not who read it', () => {
    expect(one('AWS::SES::ConfigurationSetEventDestination').properties).toMatchObject({
      ConfigurationSetName: 'MailConfigurationSet',
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['delivery', 'bounce', 'complaint', 'reject'],
        SnsDestination: { TopicARN: 'MailEvents' },
      },
    });
  });
});

describe('the trail of management acts (R27)', () => {
  test('is there in production, not in dev, and in either as the configuration says', () => {
    const has = (trails: readonly unknown[]) => trails.length > 0;
    const type = 'AWS::CloudTrail::Trail';
    expect(has(template('prod').ofType(type))).toBe(true);
    expect(has(template('dev').ofType(type))).toBe(false);
    expect(template('dev').ofType('AWS::S3::Bucket')).toHaveLength(1);
    expect(template('dev').one('AWS::S3::Bucket').name).toBe('DashboardBucket');
    expect(has(synthesize('prod', { cloudTrail: false }).ofType(type))).toBe(false);
    expect(has(synthesize('dev', { cloudTrail: true }).ofType(type))).toBe(true);
  });

  test('records each invocation of the management functions and of no other, and cannot be altered unnoticed', () => {
    expect(template('prod').one('AWS::CloudTrail::Trail').properties).toMatchObject({
      IsLogging: true,
      EnableLogFileValidation: true,
      S3BucketName: 'ManagementTrailBucket',
      EventSelectors: [
        {
          IncludeManagementEvents: false,
          DataResources: [
            {
              Type: 'AWS::Lambda::Function',
              Values: expect.toSatisfy(
                (values: string[]) =>
                  values.toSorted().join() === Object.values(management).toSorted().join(),
              ),
            },
          ],
        },
      ],
    });
  });

  test('lies in a bucket that is private, encrypted, versioned and reached by TLS only', () => {
    const { one } = template('prod');
    const bucket = one('AWS::S3::Bucket', 'ManagementTrailBucket');
    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    expect(at(bucket.properties, 'BucketEncryption', 'ServerSideEncryptionConfiguration', 0)).toEqual({
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
    });
    const policy = one('AWS::S3::BucketPolicy', 'ManagementTrailBucketPolicy').properties;
    expect(policy['Bucket']).toBe('ManagementTrailBucket');
    expect(statements(policy['PolicyDocument'])).toContainEqual({
      effect: 'Deny',
      actions: ['s3:*'],
      resources: ['ManagementTrailBucket', 'ManagementTrailBucket/*'],
      principal: { AWS: '*' },
      condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });
});

describe('outputs', () => {
  test.each(['dev', 'prod'] as const)('of %s name what an admin works with', (stage) => {
    const url = `https://ApiRestApi.execute-api.<AWS::Region>.<AWS::URLSuffix>/ApiRestApiDeploymentStage${stage}`;
    expect(template(stage).outputs).toEqual({
      ...functionOutputs,
      ApiUrl: url,
      StripeWebhookUrl: `${url}/webhooks/stripe`,
    });
  });

  test('with a hosted zone give the domain, which needs nothing more to be done', () => {
    expect(template('prod with a hosted zone').outputs).toEqual({
      ...functionOutputs,
      ApiUrl: 'https://api.example.com',
      StripeWebhookUrl: 'https://api.example.com/webhooks/stripe',
    });
  });

  test('with a certificate only also tell where the domain must point', () => {
    expect(template('prod with a certificate').outputs).toEqual({
      ...functionOutputs,
      ApiUrl: 'https://api.example.com',
      StripeWebhookUrl: 'https://api.example.com/webhooks/stripe',
      DomainTarget: 'ApiDomainName.RegionalDomainName',
    });
  });
});

describe('a domain of its own', () => {
  test.each(['prod with a hosted zone', 'prod with a certificate'] as const)(
    '%s: serves the stage at the domain itself, so that the path is /decisions/evaluate, by TLS 1.2 or later',
    (variant) => {
      const { one } = template(variant);
      expect(one('AWS::ApiGateway::BasePathMapping').properties).toEqual({
        DomainName: 'ApiDomainName',
        RestApiId: 'ApiRestApi',
        Stage: 'ApiRestApiDeploymentStageprod',
      });
      expect(one('AWS::ApiGateway::DomainName').properties).toMatchObject({
        DomainName: 'api.example.com',
        SecurityPolicy: 'TLS_1_2',
        EndpointConfiguration: { Types: ['REGIONAL'] },
      });
    },
  );

  test('with a hosted zone proves its certificate and sets its address by itself', () => {
    const { one } = template('prod with a hosted zone');
    expect(one('AWS::ApiGateway::DomainName').properties['RegionalCertificateArn']).toBe('ApiCertificate');
    expect(one('AWS::CertificateManager::Certificate').properties).toMatchObject({
      DomainName: 'api.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'api.example.com', HostedZoneId: hostedZone.id }],
    });
    expect(one('AWS::Route53::RecordSet').properties).toMatchObject({
      Name: 'api.example.com.',
      Type: 'A',
      HostedZoneId: hostedZone.id,
      AliasTarget: { DNSName: 'ApiDomainName.RegionalDomainName' },
    });
  });

  test('with a certificate uses that one, and touches no zone', () => {
    const { one, ofType } = template('prod with a certificate');
    expect(one('AWS::ApiGateway::DomainName').properties['RegionalCertificateArn']).toBe(certificateArn);
    expect(ofType('AWS::CertificateManager::Certificate')).toEqual([]);
    expect(ofType('AWS::Route53::RecordSet')).toEqual([]);
  });

  test.each(['dev', 'prod'] as const)('is nowhere in %s without configuration', (stage) => {
    expect(template(stage).ofType('AWS::ApiGateway::DomainName')).toEqual([]);
  });
});

describe('dev and prod in one account', () => {
  /** Properties that must be unique in an account and Region, by resource type. */
  const nameProperties: Readonly<Record<string, string>> = {
    'AWS::ApiGateway::RestApi': 'Name',
    'AWS::ApiGateway::UsagePlan': 'UsagePlanName',
    'AWS::CloudFront::Function': 'Name',
    'AWS::Cognito::UserPool': 'UserPoolName',
    // Among all of a Region's customers, even.
    'AWS::Cognito::UserPoolDomain': 'Domain',
    'AWS::DynamoDB::Table': 'TableName',
    'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
    'AWS::Lambda::Function': 'FunctionName',
    'AWS::Logs::LogGroup': 'LogGroupName',
    'AWS::SecretsManager::Secret': 'Name',
    'AWS::SES::ConfigurationSet': 'Name',
  };
  /** These lie inside something that has the stage in its name; the rest is named by CloudFormation, after the stack. */
  const nested = new Set([
    'AWS::ApiGateway::Authorizer',
    'AWS::ApiGateway::Stage',
    'AWS::Cognito::UserPoolClient',
    'AWS::IAM::Policy',
    'AWS::Logs::SubscriptionFilter',
  ]);
  const others = new Set([
    'MetricName',
    'DisplayName',
    'S3BucketName',
    'DomainName',
    'FunctionName',
    // Where mail events come from.
    'ConfigurationSetName',
    // Where the dashboard goes.
    'DestinationBucketName',
  ]);

  test.each(allVariants)('do not meet: every name that %s sets itself carries the stage', (variant) => {
    const { resources, stage } = template(variant);
    for (const { type, name, properties } of resources) {
      const property = nameProperties[type];
      if (property !== undefined) {
        // Without a name of its own, a resource gets one that meets no other.
        if (properties[property] === undefined) continue;
        expect(String(properties[property]), name).toMatch(new RegExp(`(^|[-/])${stage}([-/]|$)`));
      } else if (!nested.has(type)) {
        // A kind of resource that this test does not know yet must say what its name is.
        const named = Object.keys(properties).filter((key) => /Name$/.test(key) && !others.has(key));
        expect(
          named.filter(() => type !== 'AWS::Route53::RecordSet'),
          `${type} ${name}`,
        ).toEqual([]);
      }
    }
  });

  test('have no name in common', () => {
    const names = (stage: 'dev' | 'prod') =>
      template(stage).resources.flatMap(({ type, properties }) => {
        const property = nameProperties[type];
        const name = property === undefined ? undefined : properties[property];
        // Without a name of its own, a resource gets one that meets no other.
        return name === undefined ? [] : [`${type} ${name}`];
      });
    const inDev = new Set(names('dev'));
    expect(inDev.size).toBeGreaterThan(20);
    expect(names('prod').filter((name) => inDev.has(name))).toEqual([]);
  });

  test('share one account-wide setting, which outlives either stack', () => {
    for (const stage of ['dev', 'prod'] as const) {
      const { one } = template(stage);
      expect(one('AWS::ApiGateway::Account').deletionPolicy).toBe('Retain');
      expect(one('AWS::IAM::Role', 'ApiRestApiCloudWatchRole').deletionPolicy).toBe('Retain');
    }
  });

  test('are told apart on the bill: everything that can be tagged has product and stage', () => {
    const tagged = template('prod').resources.filter(({ properties }) => 'Tags' in properties);
    expect(tagged.length).toBeGreaterThan(20);
    for (const { properties } of tagged) {
      expect(properties['Tags']).toEqual(
        expect.arrayContaining([
          { Key: 'product', Value: 'latchkey' },
          { Key: 'stage', Value: 'prod' },
        ]),
      );
    }
  });
});
