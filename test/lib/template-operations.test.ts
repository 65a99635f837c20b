import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
  removeAssemblies,
  statements,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

const functionOutputs = {
  ...Object.fromEntries(
    Object.entries(management).map(([name, resource]) => [`${pascalCase(name)}Function`, resource]),
  ),
  KeyAdministratorsPolicyArn: 'ManagementAccessKeyAdministrators',
  KeyAuditorsPolicyArn: 'ManagementAccessKeyAuditors',
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

  test('watch the API, the authorizer, the meter, the record and the number of usage keys', () => {
    expect(alarms.map(({ name }) => name).sort()).toEqual([
      'ApiServerErrors',
      'AuditRecordConflicts',
      'AuditRecordLags',
      'AuthorizerAuthorizerFailures',
      'DecisionsMeterUnavailable',
      'DecisionsMeterUnknownOutcomes',
      'SubscriptionsUsageKeysNearlyUsedUp',
      'SubscriptionsUsageKeysNearlyUsedUpByChangeTier',
    ]);
  });

  test.each(alarms)('$name tells somebody, and where to read what to do', ({ properties }) => {
    expect(properties['AlarmActions']).toEqual(['AlarmsTopic']);
    expect(properties['OKActions']).toEqual(['AlarmsTopic']);
    expect(properties['TreatMissingData']).toBe('notBreaching');
    const anchor = /docs\/runbook\.md#([\w-]+)$/.exec(String(properties['AlarmDescription']))?.[1];
    expect(anchors).toContain(anchor);
  });

  test('ring for the record long before the stream lets go of a change that was not recorded', () => {
    const { properties } = one('AWS::CloudWatch::Alarm', 'AuditRecordLags');
    expect(properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'IteratorAge',
      Dimensions: [{ Name: 'FunctionName', Value: 'AuditRecordAudit' }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      // Ten minutes, of 24 hours.
      Threshold: 600_000,
    });
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

  const ownMetrics = alarms.filter(({ properties }) => !String(properties['Namespace']).startsWith('AWS/'));
  test('watch metrics of our own too', () => expect(ownMetrics).toHaveLength(6));
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

  test('may be published by CloudWatch, through the topic and its key, and by nobody without TLS', () => {
    const cloudWatch = {
      effect: 'Allow',
      principal: { Service: 'cloudwatch.amazonaws.com' },
      condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
    };
    const topic = one('AWS::SNS::Topic');
    // The topic's own policy replaces the default one, which would let the account's services publish.
    const policy = one('AWS::SNS::TopicPolicy').properties;
    expect(policy['Topics']).toEqual([topic.name]);
    expect(statements(policy['PolicyDocument'])).toContainEqual({
      ...cloudWatch,
      actions: ['sns:Publish'],
      resources: [topic.name],
    });
    expect(statements(policy['PolicyDocument'])).toContainEqual(
      expect.objectContaining({ effect: 'Deny', condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
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

test('alarms reach a mailbox where the configuration names one, and else only the topic', () => {
  expect(template('prod').ofType('AWS::SNS::Subscription')).toEqual([]);
  expect(template('prod with a hosted zone').one('AWS::SNS::Subscription').properties).toMatchObject({
    Protocol: 'email',
    Endpoint: 'on-call@example.com',
    TopicArn: 'AlarmsTopic',
  });
});

describe('the trail of management acts (R27)', () => {
  test('is there in production, not in dev, and in either as the configuration says', () => {
    const has = (trails: readonly unknown[]) => trails.length > 0;
    const type = 'AWS::CloudTrail::Trail';
    expect(has(template('prod').ofType(type))).toBe(true);
    expect(has(template('dev').ofType(type))).toBe(false);
    expect(has(template('dev').ofType('AWS::S3::Bucket'))).toBe(false);
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
    const bucket = one('AWS::S3::Bucket');
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
    const policy = one('AWS::S3::BucketPolicy').properties;
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
    expect(template(stage).outputs).toEqual({
      ...functionOutputs,
      ApiUrl: `https://ApiRestApi.execute-api.<AWS::Region>.<AWS::URLSuffix>/ApiRestApiDeploymentStage${stage}`,
    });
  });

  test('with a hosted zone give the domain, which needs nothing more to be done', () => {
    expect(template('prod with a hosted zone').outputs).toEqual({
      ...functionOutputs,
      ApiUrl: 'https://api.example.com',
    });
  });

  test('with a certificate only also tell where the domain must point', () => {
    expect(template('prod with a certificate').outputs).toEqual({
      ...functionOutputs,
      ApiUrl: 'https://api.example.com',
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
    'AWS::DynamoDB::Table': 'TableName',
    'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
    'AWS::Lambda::Function': 'FunctionName',
    'AWS::Logs::LogGroup': 'LogGroupName',
    'AWS::SecretsManager::Secret': 'Name',
  };
  /** These lie inside something that has the stage in its name; the rest is named by CloudFormation, after the stack. */
  const nested = new Set(['AWS::ApiGateway::Authorizer', 'AWS::ApiGateway::Stage', 'AWS::IAM::Policy']);
  const others = new Set(['MetricName', 'DisplayName', 'S3BucketName', 'DomainName', 'FunctionName']);

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
