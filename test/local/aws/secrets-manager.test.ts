import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Credentials } from '../../../local/aws/iam.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { createSecretsManager } from '../../../local/aws/secrets-manager.ts';
import { createClock } from '../../../local/clock.ts';
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

const arnStem = `arn:aws:secretsmanager:${environment.region}:${environment.accountId}:secret:`;
const pepperArn = `${arnStem}latchkey/pepper-AbCdEf`;
const sealedArn = `${arnStem}sealed-GhIjKl`;

const pepper = resource('AWS::SecretsManager::Secret', 'Pepper', pepperArn, {
  Name: 'latchkey/pepper',
  GenerateSecretString: {
    SecretStringTemplate: '{"current":"v1"}',
    GenerateStringKey: 'v1',
    PasswordLength: 64,
    ExcludePunctuation: true,
  },
});
const viaSecretsManager = {
  StringEquals: { 'kms:ViaService': `secretsmanager.${environment.region}.amazonaws.com` },
};
/** As CDK writes it: the grant of a function stands in the key's policy, not in the role's. */
const sealingKey = key('SealingKey', {
  KeyPolicy: policyDocument(
    { Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: { AWS: 'arn:aws:iam::111122223333:root' } },
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      Principal: { AWS: roleArn('by-key-policy') },
      Condition: viaSecretsManager,
    },
  ),
});
const sealed = resource('AWS::SecretsManager::Secret', 'Sealed', sealedArn, {
  SecretString: 'as the template has it',
  KmsKeyId: sealingKey.arn,
});
const readSealed = statement(['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], sealedArn);
const roles = [
  role('by-key-policy', [readSealed]),
  role('by-own-policy', [
    readSealed,
    statement('kms:Decrypt', sealingKey.arn, { Condition: viaSecretsManager }),
  ]),
  role('without-key', [readSealed]),
];
const resources = [pepper, sealed, sealingKey, ...roles];

async function start(state: State) {
  const clock = createClock({ state });
  const kms = createKms({ environment, clock, state, resources });
  const secrets = createSecretsManager({ environment, clock, state, resources, keyArn: kms.keyArn });
  const endpoint = await startEndpoint([kms, secrets], resources);
  const client = (credentials?: Credentials) =>
    new SecretsManagerClient(clientConfig(endpoint.url, credentials));
  return {
    ...endpoint,
    client: client(),
    as: (name: string) => client(endpoint.iam.credentialsOf(roleArn(name))),
  };
}

let stack: Awaited<ReturnType<typeof start>>;
beforeEach(async () => {
  stack = await start(openState(':memory:'));
});
afterEach(() => stack.close());
const get = (more: object = {}) =>
  stack.client.send(new GetSecretValueCommand({ SecretId: pepperArn, ...more }));
const put = (SecretString: string, more: object = {}) =>
  stack.client.send(new PutSecretValueCommand({ SecretId: pepperArn, SecretString, ...more }));

describe('generated secrets', () => {
  test('the pepper follows its template, by ARN, partial ARN and name', async () => {
    const first = await get();
    expect(JSON.parse(first.SecretString ?? '')).toEqual({
      current: 'v1',
      v1: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
    });
    expect(first).toMatchObject({ ARN: pepperArn, Name: 'latchkey/pepper', VersionStages: ['AWSCURRENT'] });
    for (const SecretId of ['latchkey/pepper', `${arnStem}latchkey/pepper`]) {
      await expect(get({ SecretId })).resolves.toMatchObject({ SecretString: first.SecretString });
    }
  });

  test('a restart never generates a secret anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-secrets-'));
    const values = [];
    for (let round = 0; round < 2; round += 1) {
      const state = openState(join(folder, 'state.db'));
      const { client, close } = await start(state);
      values.push(await client.send(new GetSecretValueCommand({ SecretId: pepperArn })));
      await close();
      state.close();
    }
    rmSync(folder, { recursive: true });
    expect(values[1]?.SecretString).toBe(values[0]?.SecretString);
    expect(values[1]?.VersionId).toBe(values[0]?.VersionId);
  });

  test('an unsupported property is an error that names it', () => {
    const wrong = resource('AWS::SecretsManager::Secret', 'Wrong', sealedArn, { ReplicaRegions: [] });
    const state = openState(':memory:');
    expect(() =>
      createSecretsManager({
        environment,
        clock: createClock({ state }),
        state,
        resources: [wrong],
        keyArn: (id) => id,
      }),
    ).toThrow('AWS::SecretsManager::Secret "Wrong": ReplicaRegions is not supported');
  });
});

describe('versions', () => {
  test('a new value becomes current, the old one previous, the one before nameless', async () => {
    const before = await get();
    const second = await put('second');
    expect(second.VersionStages).toEqual(['AWSCURRENT']);
    await expect(get()).resolves.toMatchObject({ SecretString: 'second' });
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).resolves.toMatchObject({
      VersionId: before.VersionId,
    });
    await put('third');
    await expect(get({ VersionStage: 'AWSPREVIOUS' })).resolves.toMatchObject({ SecretString: 'second' });
    await expect(get({ VersionId: before.VersionId })).resolves.toMatchObject({
      SecretString: before.SecretString,
      VersionStages: [],
    });
    const { VersionIdsToStages } = await stack.client.send(
      new DescribeSecretCommand({ SecretId: pepperArn }),
    );
    expect(
      Object.values(VersionIdsToStages ?? {})
        .flat()
        .sort(),
    ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('the same token with the same value writes once, with another value is refused', async () => {
    const ClientRequestToken = randomUUID();
    await put('once', { ClientRequestToken });
    await put('later');
    await expect(put('once', { ClientRequestToken })).resolves.toMatchObject({
      VersionId: ClientRequestToken,
    });
    await expect(get()).resolves.toMatchObject({ SecretString: 'later' });
    await expect(put('other', { ClientRequestToken })).rejects.toMatchObject({
      name: 'ResourceExistsException',
    });
  });

  test('a pending version leaves the current one in place', async () => {
    await put('current');
    await put('pending', { VersionStages: ['AWSPENDING'] });
    await expect(get()).resolves.toMatchObject({ SecretString: 'current' });
    await expect(get({ VersionStage: 'AWSPENDING' })).resolves.toMatchObject({ SecretString: 'pending' });
  });

  test('bytes come back as bytes', async () => {
    const bytes = Buffer.from([0, 255, 128]);
    await stack.client.send(new PutSecretValueCommand({ SecretId: pepperArn, SecretBinary: bytes }));
    expect(Buffer.from((await get()).SecretBinary ?? []).equals(bytes)).toBe(true);
  });
});

describe('refusals', () => {
  test('what does not exist is not found', async () => {
    const notFound = { name: 'ResourceNotFoundException' };
    await expect(get({ SecretId: 'nowhere' })).rejects.toMatchObject(notFound);
    await expect(get({ VersionId: randomUUID() })).rejects.toMatchObject(notFound);
    await expect(get({ VersionStage: 'NONE' })).rejects.toMatchObject(notFound);
  });

  test('what is not supported is named', async () => {
    await expect(stack.client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListSecrets'),
    });
    await expect(put('x', { RotationToken: randomUUID().repeat(8) })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('RotationToken is not supported'),
    });
  });

  test('a role reads only the secrets of its policy', async () => {
    const client = stack.as('by-own-policy');
    await expect(client.send(new GetSecretValueCommand({ SecretId: pepperArn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`secretsmanager:GetSecretValue on resource: ${pepperArn}`),
    });
  });

  test.each(['by-key-policy', 'by-own-policy'])(
    'an encrypted secret is read with its key: %s',
    async (name) => {
      await expect(
        stack.as(name).send(new GetSecretValueCommand({ SecretId: 'sealed' })),
      ).resolves.toMatchObject({ SecretString: 'as the template has it' });
    },
  );

  test('an encrypted secret is not read without its key', async () => {
    const client = stack.as('without-key');
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'sealed' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`kms:Decrypt on resource: ${sealingKey.arn}`),
    });
    await expect(client.send(new DescribeSecretCommand({ SecretId: 'sealed' }))).resolves.toMatchObject({
      KmsKeyId: sealingKey.arn,
    });
  });
});
