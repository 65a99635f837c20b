import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand, GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clientOptions,
  contentsOf,
  type GeneratedKey,
  managementOf,
  refusalOf,
  requestedBy,
  tableName,
} from './management-support.ts';
import { manage, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let existing: GeneratedKey;
beforeAll(async () => {
  stack = await startTestStack();
  existing = await managementOf(stack).generate({ email: 'existing@example.com' });
});
afterAll(() => stack.close());

const keyId = 'AAAAAAAAAAAA';
const subscriptionId = `sub_${'A'.repeat(20)}`;
const person = 'must be the name of the person who asks, for the record';
const aKeyId = 'must be a key id: 12 letters and digits';
const aSubscriptionId = 'must be a subscription id: sub_ and 20 letters and digits';
const unknown = 'is unknown: remove it';
const hours = 'must be a number of hours from 0 to 168';
const keyText = 'must be a whole API key';
const generate = { tier: 'pro', email: 'ada@example.com', requestedBy };

/** Function, payload, and what the message says about each field; all of it and nothing else. */
const wrongPayloads: [name: string, payload: unknown, faults: Record<string, string | RegExp>][] = [
  [
    'generate-key',
    {},
    { tier: /must be one of free, pro, enterprise/, email: /an e-mail address/, requestedBy: person },
  ],
  ['generate-key', { ...generate, tier: 'gold' }, { tier: 'must be one of free, pro, enterprise' }],
  ['generate-key', { ...generate, tier: 7 }, { tier: 'must be one of free, pro, enterprise' }],
  ['generate-key', { ...generate, tier: 'toString' }, { tier: 'must be one of free, pro, enterprise' }],
  ['generate-key', { ...generate, email: 'nobody at home' }, { email: 'must be an e-mail address' }],
  ['generate-key', { ...generate, email: ['ada@example.com'] }, { email: 'must be an e-mail address' }],
  [
    'generate-key',
    { ...generate, email: `${'a'.repeat(60)}@${'long.'.repeat(40)}example.com` },
    { email: 'must be at most 254 characters' },
  ],
  ['generate-key', { ...generate, prefix: 'User' }, { prefix: /2 to 12 lower-case letters and digits/ }],
  ['generate-key', { ...generate, prefix: 'a' }, { prefix: /2 to 12 lower-case letters and digits/ }],
  [
    'generate-key',
    { ...generate, prefix: 'abcdefghijklm' },
    { prefix: /2 to 12 lower-case letters and digits/ },
  ],
  ['generate-key', { ...generate, prefix: '1live' }, { prefix: /beginning with a letter/ }],
  ['generate-key', { ...generate, prefix: null }, { prefix: 'must be a text' }],
  ['generate-key', { ...generate, name: '   ' }, { name: 'must be a name for the key, not empty' }],
  ['generate-key', { ...generate, name: 'n'.repeat(65) }, { name: 'must be at most 64 characters' }],
  ['generate-key', { ...generate, name: 'forged\nline' }, { name: 'must not contain control characters' }],
  ['generate-key', { ...generate, subscriptionId: 'sub_short' }, { subscriptionId: aSubscriptionId }],
  [
    'generate-key',
    { ...generate, subscriptionId: 'email#ada@example.com' },
    { subscriptionId: aSubscriptionId },
  ],
  ['generate-key', { ...generate, idempotencyKey: '' }, { idempotencyKey: /a text of your choice/ }],
  ['generate-key', { ...generate, idempotencyKey: 12 }, { idempotencyKey: /a text of your choice/ }],
  [
    'generate-key',
    { ...generate, idempotencyKey: 'i'.repeat(129) },
    { idempotencyKey: 'must be at most 128 characters' },
  ],
  ['generate-key', { ...generate, requestedBy: '' }, { requestedBy: `${person}, not empty` }],
  [
    'generate-key',
    { ...generate, requestedBy: 'r'.repeat(201) },
    { requestedBy: 'must be at most 200 characters' },
  ],
  ['generate-key', { ...generate, colour: 'blue', secret: 'x' }, { colour: unknown, secret: unknown }],
  [
    'generate-key',
    JSON.parse('{"__proto__":{"tier":"pro"}}'),
    { tier: /one of/, email: /e-mail/, requestedBy: person, ['__proto__']: unknown },
  ],
  [
    'generate-key',
    {
      tier: 'gold',
      email: 'x',
      prefix: '!',
      name: 5,
      subscriptionId: 5,
      idempotencyKey: {},
      requestedBy: [],
      colour: 1,
    },
    {
      tier: /one of/,
      email: /e-mail/,
      prefix: /2 to 12/,
      name: /a name for the key/,
      subscriptionId: aSubscriptionId,
      idempotencyKey: /your choice/,
      requestedBy: person,
      colour: unknown,
    },
  ],
  ['rotate-key', {}, { keyId: aKeyId, requestedBy: person }],
  ['rotate-key', { keyId, requestedBy, graceHours: '24' }, { graceHours: hours }],
  ['rotate-key', { keyId, requestedBy, graceHours: null }, { graceHours: hours }],
  [
    'rotate-key',
    { keyId: 'short', requestedBy, reason: '' },
    { keyId: aKeyId, reason: /the reason, for the record/ },
  ],
  ['rotate-key', { keyId: 'AAAAAAAAAAA_', requestedBy }, { keyId: aKeyId }],
  [
    'rotate-key',
    { keyId, requestedBy, reason: 'r'.repeat(501) },
    { reason: 'must be at most 500 characters' },
  ],
  ['rotate-key', { keyId, requestedBy, grace: 24 }, { grace: unknown }],
  ['revoke-key', {}, { keyId: aKeyId, requestedBy: person }],
  ['revoke-key', { keyId, requestedBy, graceHours: 24 }, { graceHours: unknown }],
  ['revoke-key', { keyId: { S: keyId }, requestedBy, reason: 5 }, { keyId: aKeyId, reason: /the reason/ }],
  ['get-key', {}, { payload: 'must have exactly one of keyId and apiKey' }],
  ['get-key', { keyId, apiKey: 'x' }, { payload: 'must have exactly one of keyId and apiKey' }],
  ['get-key', { keyId: 5 }, { keyId: aKeyId }],
  ['get-key', { apiKey: 5 }, { apiKey: keyText }],
  ['get-key', { apiKey: '' }, { apiKey: /is not a whole key/ }],
  ['get-key', { apiKey: 'garbage-that-may-be-a-password' }, { apiKey: /is not a whole key, or is mistyped/ }],
  ['get-key', { apiKey: 'k'.repeat(201) }, { apiKey: 'is too long for an API key' }],
  ['get-key', { keyId, verbose: true }, { verbose: unknown }],
  ['get-usage', {}, { subscriptionId: aSubscriptionId }],
  ['get-usage', { subscriptionId: 'counter#usage-keys' }, { subscriptionId: aSubscriptionId }],
  ['get-usage', { subscriptionId, period: 202611 }, { period: 'must be a month such as 2026-11' }],
  [
    'get-usage',
    { subscriptionId: null, period: '2026-13', day: 1 },
    { subscriptionId: aSubscriptionId, period: /a month/, day: unknown },
  ],
  ...['generate-key', 'rotate-key', 'revoke-key', 'get-key', 'get-usage'].flatMap((name) =>
    [null, [], [generate], 'text', 42, true].map((payload): [string, unknown, Record<string, RegExp>] => [
      name,
      payload,
      { payload: /object/ },
    ]),
  ),
];

describe('a wrong payload is a ValidationError that names each wrong field and what was expected, and nothing else', () => {
  let before: Record<string, unknown[]>;
  beforeAll(async () => {
    before = await contentsOf(stack);
  });

  test.each(wrongPayloads)('%s %j', async (name, payload, faults) => {
    const { type, message } = await refusalOf(stack.manage(name, payload));
    expect(type).toBe('ValidationError');
    const told = message.split('; ').map((fault) => {
      const end = fault.indexOf(': ');
      return [fault.slice(0, end), fault.slice(end + 2)] as const;
    });
    expect([...new Set(told.map(([field]) => field))].toSorted()).toEqual(Object.keys(faults).toSorted());
    for (const [field, expected] of Object.entries(faults)) {
      const detail = told.find(([name]) => name === field)?.[1];
      if (typeof expected === 'string') expect(detail).toBe(expected);
      else expect(detail).toMatch(expected);
    }
  });

  afterAll(async () => {
    expect(await contentsOf(stack)).toEqual(before);
  });
});

test('no message and no log repeats a value that was refused', async () => {
  const value = 'aValueThatMustNotShow';
  const payloads: [string, Record<string, unknown>][] = [
    ...['tier', 'email', 'prefix', 'subscriptionId'].map((field): [string, Record<string, unknown>] => [
      'generate-key',
      { ...generate, [field]: `${value} !` },
    ]),
    ['generate-key', { ...generate, name: `${value}\u0007`, colour: value }],
    ['rotate-key', { keyId: value, requestedBy, graceHours: value }],
    ['revoke-key', { keyId: existing.apiKey, requestedBy }],
    ['get-key', { apiKey: `${value}-and-more` }],
    ['get-key', { apiKey: `${existing.apiKey}x` }],
    ['get-key', { keyId: existing.apiKey }],
    ['get-usage', { subscriptionId: value, period: value }],
  ];
  const secret = existing.apiKey.split('_')[2] ?? '';
  for (const [name, payload] of payloads) {
    const { type, message } = await refusalOf(stack.manage(name, payload));
    expect(type).toBe('ValidationError');
    expect(message).not.toContain(value);
    expect(message).not.toContain(secret);
  }
  const logs = await stack.logs();
  expect(logs).toContain('ValidationError');
  expect(logs).not.toContain(value);
  expect(logs).not.toContain(secret);
});

test('a key that was pasted where a field’s name belongs shows in no message and no log', async () => {
  const secret = existing.apiKey.split('_')[2]?.slice(0, 43) ?? '';
  const { type, message } = await refusalOf(stack.manage('get-key', { [existing.apiKey]: true }));
  expect(type).toBe('ValidationError');
  expect(message).not.toContain(secret);
  expect(await stack.logs()).not.toContain(secret);
});

test('the name of an unknown field can neither flood nor forge a log line', async () => {
  const { message } = await refusalOf(
    stack.manage('get-key', { keyId, [`line\n{"level":"INFO"}${'x'.repeat(10_000)}`]: 1 }),
  );
  expect(message).toMatch(/^[^\n]*: is unknown: remove it$/);
  expect(message.length).toBeLessThan(120);
});

describe('who may do what (R26)', () => {
  const policy = (name: string) => {
    const arn = stack.template.outputs[name];
    if (arn === undefined) throw new Error(`no output ${name}`);
    return stack.iam.credentialsOfPolicy(arn);
  };
  const administrators = () => policy('KeyAdministratorsPolicyArn');
  const auditors = () => policy('KeyAuditorsPolicyArn');

  async function invokeAs(credentials: ReturnType<typeof policy>, name: string, payload: unknown) {
    const lambda = new LambdaClient(clientOptions(stack, credentials));
    try {
      return await manage<Record<string, unknown>>(lambda, stack.functions[name] ?? '', payload);
    } finally {
      lambda.destroy();
    }
  }

  test('an auditor looks at keys and usage', async () => {
    const { keyId, subscriptionId } = existing;
    expect(await invokeAs(auditors(), 'get-key', { keyId })).toMatchObject({ keyId });
    expect(await invokeAs(auditors(), 'get-usage', { subscriptionId })).toMatchObject({ subscriptionId });
  });

  test('an auditor makes, rotates and revokes no key', async () => {
    const before = await contentsOf(stack);
    for (const [name, payload] of [
      ['generate-key', generate],
      ['rotate-key', { keyId: existing.keyId, requestedBy }],
      ['revoke-key', { keyId: existing.keyId, requestedBy }],
    ] as const) {
      await expect(invokeAs(auditors(), name, payload)).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
    expect(await contentsOf(stack)).toEqual(before);
    expect(await managementOf(stack).status(existing.apiKey)).toBe(200);
  });

  test('an administrator does all five acts', async () => {
    const as = (name: string, payload: unknown) => invokeAs(administrators(), name, payload);
    const { keyId, subscriptionId } = await as('generate-key', { ...generate, email: 'byadmin@example.com' });
    expect(await as('rotate-key', { keyId, requestedBy })).toMatchObject({ version: 2 });
    expect(await as('get-key', { keyId })).toMatchObject({ status: 'active' });
    expect(await as('get-usage', { subscriptionId })).toMatchObject({ total: 0 });
    expect(await as('revoke-key', { keyId, requestedBy })).toMatchObject({ keyId });
  });

  test('neither of them calls the functions behind the API', async () => {
    for (const credentials of [administrators(), auditors()]) {
      const lambda = new LambdaClient(clientOptions(stack, credentials));
      for (const name of ['authorize-request', 'evaluate-decision', 'record-audit', 'report-usage']) {
        const FunctionName = stack.functions[name];
        expect(FunctionName).toBeDefined();
        await expect(lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }))).rejects.toMatchObject({
          name: 'AccessDeniedException',
        });
      }
      lambda.destroy();
    }
  });

  test('neither of them reads tables, the pepper or KMS', async () => {
    const [pepper] = stack.template.byType('AWS::SecretsManager::Secret');
    const administrator = new KMSClient(clientOptions(stack));
    for (const credentials of [administrators(), auditors()]) {
      const options = clientOptions(stack, credentials);
      const dynamodb = new DynamoDBClient(options);
      const secrets = new SecretsManagerClient(options);
      const kms = new KMSClient(options);
      const denied = { name: 'AccessDeniedException' };
      const TableName = tableName(stack, 'Keys');
      const Key = { keyId: { S: existing.keyId } };
      await expect(dynamodb.send(new GetItemCommand({ TableName, Key }))).rejects.toMatchObject(denied);
      await expect(dynamodb.send(new ScanCommand({ TableName }))).rejects.toMatchObject(denied);
      await expect(secrets.send(new GetSecretValueCommand({ SecretId: pepper?.ref }))).rejects.toMatchObject(
        denied,
      );
      for (const { ref: KeyId, properties } of stack.template.byType('AWS::KMS::Key')) {
        if (properties['KeyUsage'] === 'GENERATE_VERIFY_MAC') {
          const seal = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('x') } as const;
          await expect(kms.send(new GenerateMacCommand(seal))).rejects.toMatchObject(denied);
          continue;
        }
        const Plaintext = Buffer.from('x');
        const { CiphertextBlob } = await administrator.send(new EncryptCommand({ KeyId, Plaintext }));
        await expect(kms.send(new EncryptCommand({ KeyId, Plaintext }))).rejects.toMatchObject(denied);
        await expect(kms.send(new DecryptCommand({ KeyId, CiphertextBlob }))).rejects.toMatchObject(denied);
      }
      for (const client of [dynamodb, secrets, kms]) client.destroy();
    }
    administrator.destroy();
  });
});
