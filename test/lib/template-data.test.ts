import { afterAll, describe, expect, test } from 'vitest';
import { functionEntries } from '../../lib/function-entries.ts';
import { at, list, removeAssemblies, statements, template } from './support.ts';

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
        types: { subscriptionId: 'S', owner: 'S', paymentCustomer: 'S' },
        indexes: { byOwner: ['owner HASH'], byPaymentCustomer: ['paymentCustomer HASH'] },
      },
      [`latchkey-${stage}-Usage`]: {
        keys: ['subscriptionId HASH', 'period RANGE'],
        types: { subscriptionId: 'S', period: 'S' },
        indexes: {},
      },
    });
  });

  test('is never copied into an index beyond its keys: no hash and no ciphertext lies twice', () => {
    for (const index of tables.flatMap(({ properties }) => list(properties['GlobalSecondaryIndexes']))) {
      expect(at(index, 'Projection')).toEqual({ ProjectionType: 'KEYS_ONLY' });
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

  test('expires by itself in Subscriptions only: a key or a count that went by itself would be lost', () => {
    expect(
      Object.fromEntries(tables.map(({ name, properties }) => [name, properties['TimeToLiveSpecification']])),
    ).toEqual({
      Keys: undefined,
      Subscriptions: { AttributeName: 'expiresAt', Enabled: true },
      Usage: undefined,
    });
  });

  test('has one pepper, generated once and never again: any change here makes a new one and kills every key', () => {
    const pepper = one('AWS::SecretsManager::Secret');
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
    expect([pepper.name, pepper.deletionPolicy, pepper.updateReplacePolicy]).toEqual([
      'KeysPepper',
      'Retain',
      'Retain',
    ]);
  });

  test('is never rotated by schedule where that would replace the pepper', () => {
    expect(ofType('AWS::SecretsManager::RotationSchedule')).toEqual([]);
  });

  test('is encrypted by keys that rotate and that only this account may use', () => {
    const keys = ofType('AWS::KMS::Key');
    expect(keys.map(({ name }) => name).sort()).toEqual([
      'AlarmsTopicKey',
      'EncryptionDataKey',
      'KeysHandoverKey',
    ]);
    for (const { properties } of keys) {
      expect(properties['EnableKeyRotation']).toBe(true);
      for (const { principal, condition } of statements(properties['KeyPolicy'])) {
        if (JSON.stringify(principal) === '{"Service":"cloudwatch.amazonaws.com"}') {
          expect(condition).toEqual({ StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } });
        } else {
          expect(principal).toEqual({ AWS: 'arn:<AWS::Partition>:iam::<AWS::AccountId>:root' });
        }
      }
    }
  });

  test.each(['EncryptionDataKey', 'KeysHandoverKey'])('%s lives as long as what it encrypts', (name) => {
    const key = one('AWS::KMS::Key', name);
    const policy = stage === 'prod' ? 'Retain' : 'Delete';
    expect([key.deletionPolicy, key.updateReplacePolicy]).toEqual([policy, policy]);
    expect(key.properties['PendingWindowInDays']).toBe(30);
  });

  test('is logged with an end: each function and the API have a log group of their own, kept for a set time', () => {
    const groups = ofType('AWS::Logs::LogGroup');
    const names = [...Object.keys(functionEntries), 'api-access'];
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
    expect(new Set(used).size).toBe(Object.keys(functionEntries).length);
    expect(groups.map(({ name }) => name)).toEqual(expect.arrayContaining(used));
  });
});

test('no stage that keeps its data has anything in the template that a deletion of the stack would take with it', () => {
  const holdsData = new Set([
    'AWS::DynamoDB::Table',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
    'AWS::S3::Bucket',
  ]);
  const kept = template('prod').resources.filter(({ type }) => holdsData.has(type));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.filter(({ deletionPolicy }) => deletionPolicy !== 'Retain')).toEqual([]);
});
