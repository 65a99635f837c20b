import { afterAll, describe, expect, test } from 'vitest';
import { alertNewsActions } from '../../functions/alerts/contract.ts';
import { accountMailActions } from '../../functions/delivery/contract.ts';
import { functionEntries } from '../../lib/function-entries.ts';
import { at, identityPoliciesOf, list, removeAssemblies, statements, template } from './support.ts';

afterAll(removeAssemblies);

const stages = ['dev', 'prod'] as const;

describe.each(stages)('data at rest in %s', (stage) => {
  const { one, ofType } = template(stage);
  const tables = ofType('AWS::DynamoDB::Table');

  test('lies in these tables, by these keys', () => {
    const keys = (schema: unknown) =>
      list(schema).map((key) => `${at(key, 'AttributeName')} ${at(key, 'KeyType')}`);
    expect(
      Object.fromEntries(
        tables.map(({ properties }) => [
          properties['TableName'],
          {
            keys: keys(properties['KeySchema']),
            types: Object.fromEntries(
              list(properties['AttributeDefinitions']).map((definition) => [
                at(definition, 'AttributeName'),
                at(definition, 'AttributeType'),
              ]),
            ),
            indexes: Object.fromEntries(
              list(properties['GlobalSecondaryIndexes']).map((index) => [
                at(index, 'IndexName'),
                keys(at(index, 'KeySchema')),
              ]),
            ),
          },
        ]),
      ),
    ).toEqual({
      [`latchkey-${stage}-Activity`]: {
        keys: ['subject HASH'],
        types: { subject: 'S', dueShard: 'N', lookAt: 'S' },
        indexes: { byLook: ['dueShard HASH', 'lookAt RANGE'] },
      },
      [`latchkey-${stage}-Alerts`]: {
        keys: ['alertId HASH'],
        types: { alertId: 'S', subscriptionId: 'S', openOf: 'S', openShard: 'N' },
        indexes: {
          bySubscription: ['subscriptionId HASH', 'alertId RANGE'],
          byOpen: ['openShard HASH', 'alertId RANGE'],
          byOpenOf: ['openOf HASH', 'alertId RANGE'],
        },
      },
      [`latchkey-${stage}-Audit`]: {
        keys: ['subject HASH', 'sequence RANGE'],
        types: { subject: 'S', sequence: 'N', day: 'S', dayOrder: 'S' },
        indexes: { byDay: ['day HASH', 'dayOrder RANGE'] },
      },
      [`latchkey-${stage}-Keys`]: {
        keys: ['keyId HASH'],
        types: { keyId: 'S', subscriptionId: 'S', dueShard: 'N', nextActionAt: 'S' },
        indexes: {
          bySubscription: ['subscriptionId HASH', 'keyId RANGE'],
          byDue: ['dueShard HASH', 'nextActionAt RANGE'],
        },
      },
      [`latchkey-${stage}-Subscriptions`]: {
        keys: ['subscriptionId HASH'],
        types: { subscriptionId: 'S', dueShard: 'N', nextActionAt: 'S', openRequest: 'S' },
        indexes: {
          byDue: ['dueShard HASH', 'nextActionAt RANGE'],
          byRequest: ['openRequest HASH', 'subscriptionId RANGE'],
        },
      },
      [`latchkey-${stage}-Usage`]: {
        keys: ['subscriptionId HASH', 'period RANGE'],
        types: { subscriptionId: 'S', period: 'S' },
        indexes: {},
      },
    });
  });

  test('is never copied into an index beyond its keys: no hash and no ciphertext lies twice', () => {
    for (const { name, properties } of tables) {
      for (const index of list(properties['GlobalSecondaryIndexes'])) {
        // The record holds neither: its entries are listed by day as they are.
        const ProjectionType = name === 'Audit' ? 'ALL' : 'KEYS_ONLY';
        expect(at(index, 'Projection'), name).toEqual({ ProjectionType });
      }
    }
  });

  test.each(tables)(
    '$name is paid by request, encrypted by our own key, and restorable to any second',
    (table) => {
      expect(table.properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: 'EncryptionDataKey' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    },
  );

  test.each(tables)(
    `$name ${stage === 'prod' ? 'outlives the stack, and nobody deletes it by accident' : 'goes with the stack'}`,
    (table) => {
      const kept = stage === 'prod';
      expect(table.properties['DeletionProtectionEnabled']).toBe(kept);
      expect([table.deletionPolicy, table.updateReplacePolicy]).toEqual(
        kept ? ['Retain', 'Retain'] : ['Delete', 'Delete'],
      );
    },
  );

  test('expires by itself in Activity, Alerts and Subscriptions only: a key, a count or an entry that went by itself would be lost', () => {
    expect(
      Object.fromEntries(tables.map(({ name, properties }) => [name, properties['TimeToLiveSpecification']])),
    ).toEqual({
      // What is over, for more than a year.
      Alerts: { AttributeName: 'ttl', Enabled: true },
      Audit: undefined,
      // What is usual for a key that nobody has used for a year.
      DetectionActivity: { AttributeName: 'ttl', Enabled: true },
      Keys: undefined,
      Subscriptions: { AttributeName: 'expiresAt', Enabled: true },
      Usage: undefined,
    });
  });

  test('has one pepper, generated once and never again: any change here makes a new one and kills every key', () => {
    const pepper = one('AWS::SecretsManager::Secret', 'KeysPepper');
    // CloudFormation generates a new value whenever one of these differs from the deployed template.
    expect(pepper.properties['GenerateSecretString']).toEqual({
      SecretStringTemplate: '{"current":"v1"}',
      GenerateStringKey: 'v1',
      PasswordLength: 64,
      ExcludePunctuation: true,
      IncludeSpace: false,
      RequireEachIncludedType: false,
    });
    expect(pepper.properties['SecretString']).toBeUndefined();
    expect(pepper.properties['KmsKeyId']).toBe('EncryptionDataKey');
    // Changing it replaces the secret.
    // A fixed name would stand in the way of a stage that is deployed again after its data went with the stack.
    expect(pepper.properties['Name']).toBe(stage === 'prod' ? 'latchkey/prod/pepper' : undefined);
    expect([pepper.deletionPolicy, pepper.updateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  test('has three more secrets, and no other', () => {
    expect(
      ofType('AWS::SecretsManager::Secret')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['DeliveryClaimSecret', 'KeysPepper', 'PaymentsStripeApiKey', 'PaymentsStripeWebhookSecret']);
  });

  test.each(['PaymentsStripeApiKey', 'PaymentsStripeWebhookSecret'])(
    '%s begins as none of Stripe’s, so that nothing is paid before an operator sets it, and is kept where data is kept',
    (name) => {
      const secret = one('AWS::SecretsManager::Secret', name);
      // Stripe's begin with sk_, rk_ or whsec_. Any change here puts a random value in the place of the operator's.
      expect(secret.properties['GenerateSecretString']).toEqual({
        PasswordLength: 32,
        ExcludePunctuation: true,
        IncludeSpace: false,
      });
      // Whoever reads the template reads no secret.
      expect(secret.properties['SecretString']).toBeUndefined();
      expect(secret.properties['KmsKeyId']).toBe('EncryptionDataKey');
      expect(secret.properties['Name']).toBeUndefined();
      const policy = stage === 'prod' ? 'Retain' : 'Delete';
      expect([secret.deletionPolicy, secret.updateReplacePolicy]).toEqual([policy, policy]);
    },
  );

  test('has what claim links are made with: generated and long, and kept where data is kept', () => {
    const secret = one('AWS::SecretsManager::Secret', 'DeliveryClaimSecret');
    // A new value, which any change here makes, would make every link that is under way worthless.
    expect(secret.properties['GenerateSecretString']).toEqual({
      PasswordLength: 64,
      ExcludePunctuation: true,
      IncludeSpace: false,
    });
    expect(secret.properties['SecretString']).toBeUndefined();
    expect(secret.properties['KmsKeyId']).toBe('EncryptionDataKey');
    expect(secret.properties['Name']).toBeUndefined();
    const policy = stage === 'prod' ? 'Retain' : 'Delete';
    expect([secret.deletionPolicy, secret.updateReplacePolicy]).toEqual([policy, policy]);
  });

  test('is never rotated by schedule where that would replace the pepper', () => {
    expect(ofType('AWS::SecretsManager::RotationSchedule')).toEqual([]);
  });

  test('tells of its changes in Alerts, Keys and Subscriptions only, with what was before and what is after', () => {
    const both = { StreamViewType: 'NEW_AND_OLD_IMAGES' };
    expect(
      Object.fromEntries(tables.map(({ name, properties }) => [name, properties['StreamSpecification']])),
    ).toEqual({
      Alerts: both,
      Audit: undefined,
      DetectionActivity: undefined,
      Keys: both,
      Subscriptions: both,
      Usage: undefined,
    });
  });

  test('is encrypted by keys that rotate and that only this account may use, and by services what they publish', () => {
    const keys = ofType('AWS::KMS::Key');
    expect(keys.map(({ name }) => name).sort()).toEqual([
      'AdminAlertsTopicKey',
      'AlarmsTopicKey',
      'AuditSealKey',
      'EncryptionDataKey',
      'KeysHandoverKey',
      'MailEventsKey',
    ]);
    for (const { name, properties } of keys) {
      // The seals are the exception: KMS rotates no HMAC key, and a seal must be verifiable for as long as its entry lies.
      expect(properties['EnableKeyRotation'], name).toBe(name === 'AuditSealKey' ? undefined : true);
      const own = { AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' };
      const others = statements(properties['KeyPolicy']).filter(
        ({ principal }) => JSON.stringify(principal) !== JSON.stringify(own),
      );
      expect(others, name).toEqual(
        (services[name] ?? []).map((service) => ({
          effect: 'Allow',
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: ['*'],
          ...service,
        })),
      );
    }
  });

  /** AWS services that may use a key by its policy. */
  const services: Readonly<Record<string, readonly object[]>> = {
    AlarmsTopicKey: [
      {
        principal: { Service: 'cloudwatch.amazonaws.com' },
        condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
      },
    ],
    // Whose events SES may publish is the topic's policy to say; template-operations.test.ts looks there.
    MailEventsKey: [{ principal: { Service: 'ses.amazonaws.com' }, condition: undefined }],
  };

  test('is put on record under a key that can do nothing but make and verify seals', () => {
    const { properties } = one('AWS::KMS::Key', 'AuditSealKey');
    expect([properties['KeySpec'], properties['KeyUsage']]).toEqual(['HMAC_256', 'GENERATE_VERIFY_MAC']);
    // Material that was brought along would be known outside KMS.
    expect(properties['Origin']).toBeUndefined();
  });

  test.each(['AuditSealKey', 'EncryptionDataKey', 'KeysHandoverKey'])(
    '%s lives as long as what it encrypts or seals',
    (name) => {
      const key = one('AWS::KMS::Key', name);
      const policy = stage === 'prod' ? 'Retain' : 'Delete';
      expect([key.deletionPolicy, key.updateReplacePolicy]).toEqual([policy, policy]);
      expect(key.properties['PendingWindowInDays']).toBe(30);
    },
  );

  test('is logged with an end: each function, the API and the copying of the dashboard have a log group of their own, kept for a set time', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    const names = [...Object.keys(functionEntries), 'api-access', 'publish-dashboard'];
    expect(groups.map(({ properties }) => properties['LogGroupName']).sort()).toEqual(
      names.map((name) => `/latchkey/${stage}/${name}`).sort(),
    );
    const policy = stage === 'prod' ? 'Retain' : 'Delete';
    for (const { properties, deletionPolicy, updateReplacePolicy } of groups) {
      expect(properties['RetentionInDays']).toBe(stage === 'prod' ? 365 : 14);
      expect([deletionPolicy, updateReplacePolicy]).toEqual([policy, policy]);
    }
    const used = ofType('AWS::Lambda::Function').map(({ properties }) =>
      at(properties, 'LoggingConfig', 'LogGroup'),
    );
    expect(new Set(used).size).toBe(Object.keys(functionEntries).length + 1);
    expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(used));
  });
});

describe.each(stages)('what follows the changes of %s', (stage) => {
  const synthesized = template(stage);
  const { ofType } = synthesized;
  const mappings = ofType('AWS::Lambda::EventSourceMapping');

  test('is the record, and what is told, of keys, of subscriptions and of alerts; and nothing else', () => {
    expect(
      mappings.map(({ properties }) => [properties['EventSourceArn'], properties['FunctionName']]).sort(),
    ).toEqual([
      ['Alerts.StreamArn', 'AlertNewsDeliverAlerts'],
      ['Alerts.StreamArn', 'AuditRecordAudit'],
      ['Keys.StreamArn', 'AuditRecordAudit'],
      ['Keys.StreamArn', 'DeliveryDeliverKey'],
      ['Subscriptions.StreamArn', 'AccountMailMailAccount'],
      ['Subscriptions.StreamArn', 'AuditRecordAudit'],
    ]);
  });

  test.each(mappings)(
    '$name takes every change from the first one on, and gives none up',
    ({ properties }) => {
      expect(properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        // What was not taken in time comes again as a whole, and mails take long.
        BatchSize: /MailAccount|DeliverKey/.test(String(properties['FunctionName'])) ? 10 : 100,
        // A change that fails is left alone with its like, and those before it are not delivered again.
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        // Again and again until the stream itself lets go of it, after 24 hours.
        MaximumRetryAttempts: -1,
      });
      expect([undefined, -1]).toContain(properties['MaximumRecordAgeInSeconds']);
      // A destination for failed ones would let go of them.
      for (const absent of ['DestinationConfig', 'Enabled', 'TumblingWindowInSeconds']) {
        expect(properties).not.toHaveProperty(absent);
      }
    },
  );

  test('passes over nothing, but for the mails to accounts and about alerts, which are handed what is told', () => {
    const filters = mappings.flatMap(({ properties }) => {
      if (properties['FilterCriteria'] === undefined) return [];
      const patterns = list(at(properties, 'FilterCriteria', 'Filters')).map((filter) =>
        JSON.parse(String(at(filter, 'Pattern'))),
      );
      return [[properties['FunctionName'], patterns]];
    });
    const told = (actions: readonly string[]) => ({
      dynamodb: { NewImage: { change: { M: { action: { S: actions } } } } },
    });
    expect(filters.sort()).toEqual([
      ['AccountMailMailAccount', [told(accountMailActions)]],
      ['AlertNewsDeliverAlerts', [told(alertNewsActions)]],
    ]);
  });

  test('comes as it comes, but for alerts, which wait for each other: admins are told of them together', () => {
    const windows = mappings.flatMap(({ properties }) => {
      const seconds = properties['MaximumBatchingWindowInSeconds'];
      return seconds === undefined ? [] : [[properties['FunctionName'], seconds]];
    });
    expect(windows).toEqual([['AlertNewsDeliverAlerts', 20]]);
  });

  test.each(mappings)('$name is made after the right to read the stream: AWS asks for it then', (mapping) => {
    // The role has the right from its beginning, inside itself: no policy comes later.
    const role = `${mapping.properties['FunctionName']}Role`;
    const policies = identityPoliciesOf(synthesized).filter(({ roles }) => roles.includes(role));
    expect(policies.map(({ name }) => name)).toEqual([role]);
    expect(policies.flatMap((policy) => policy.statements)).toContainEqual(
      expect.objectContaining({
        actions: expect.arrayContaining(['dynamodb:GetRecords', 'dynamodb:GetShardIterator']),
        resources: expect.arrayContaining([mapping.properties['EventSourceArn']]),
      }),
    );
    expect(mapping.dependsOn).toContain(role);
  });
});

describe.each(stages)('the record of %s', (stage) => {
  const { one } = template(stage);

  test('has no entry that goes by itself', () => {
    expect(one('AWS::DynamoDB::Table', 'Audit').properties).not.toHaveProperty('TimeToLiveSpecification');
  });
});

test('no stage that keeps its data has anything in the template that a deletion of the stack would take with it', () => {
  const holdsData = new Set([
    'AWS::DynamoDB::Table',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
    'AWS::S3::Bucket',
    'AWS::Cognito::UserPool',
  ]);
  const kept = template('prod').resources.filter(({ type }) => holdsData.has(type));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter(({ deletionPolicy }) => deletionPolicy !== 'Retain')).toEqual([]);
});
