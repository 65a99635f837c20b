import {
  DecryptCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateMacCommand,
  KMSClient,
  ListKeysCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AwsEndpoint } from '../../../local/aws/endpoint.ts';
import type { Iam } from '../../../local/aws/iam.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { createClock } from '../../../local/clock.ts';
import { openState } from '../../../local/state.ts';
import {
  clientConfig,
  environment,
  key,
  resource,
  role,
  roleArn,
  startEndpoint,
  statement,
} from './support.ts';

const state = openState(':memory:');
const dataKey = key('DataKey', { EnableKeyRotation: true });
const otherKey = key('OtherKey');
const disabledKey = key('Disabled', { Enabled: false });
const macKey = key('Seal', { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
const alias = resource('AWS::KMS::Alias', 'Alias', 'alias/handover', {
  AliasName: 'alias/handover',
  TargetKeyId: dataKey.arn,
});
const resources = [dataKey, otherKey, disabledKey, macKey, alias];
const roles = [
  role('opener', [
    statement('kms:Decrypt', dataKey.arn, {
      Condition: { StringEquals: { 'kms:EncryptionContext:keyId': 'a' } },
    }),
  ]),
];
const newKms = () => createKms({ environment, clock: createClock({ state }), state, resources });

let endpoint: AwsEndpoint & { iam: Iam };
let kms: KMSClient;
beforeAll(async () => {
  endpoint = await startEndpoint([newKms()], [...resources, ...roles]);
  kms = new KMSClient(clientConfig(endpoint.url));
});
afterAll(() => endpoint.close());

const plaintext = Buffer.from('a secret that awaits its owner');
const seal = async (context?: Record<string, string>, KeyId = dataKey.ref) => {
  const sealed = await kms.send(
    new EncryptCommand({ KeyId, Plaintext: plaintext, EncryptionContext: context }),
  );
  return sealed.CiphertextBlob;
};

describe('encryption', () => {
  test.each([
    ['id', dataKey.ref],
    ['ARN', dataKey.arn],
    ['alias', 'alias/handover'],
    ['alias ARN', `arn:aws:kms:${environment.region}:${environment.accountId}:alias/handover`],
  ])('a plaintext encrypted by key %s comes back without naming the key', async (_, keyId) => {
    const opened = await kms.send(new DecryptCommand({ CiphertextBlob: await seal(undefined, keyId) }));
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe(plaintext.toString());
    expect(opened.KeyId).toBe(dataKey.arn);
  });

  test('the order of the encryption context does not matter, its content does', async () => {
    const blob = await seal({ keyId: 'a', version: '2' });
    const open = (EncryptionContext: Record<string, string>) =>
      kms.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext }));
    await expect(open({ version: '2', keyId: 'a' })).resolves.toMatchObject({ KeyId: dataKey.arn });
    await expect(open({ version: '1', keyId: 'a' })).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    });
    await expect(open({})).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
  });

  test('no changed byte and no cut of a ciphertext is accepted', async () => {
    const blob = Buffer.from((await seal()) ?? []);
    const headerLength = 2 + dataKey.ref.length;
    const changed = [0, headerLength, headerLength + 12, blob.length - 1].map((at) => {
      const copy = Buffer.from(blob);
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
      return copy;
    });
    for (const bad of [
      ...changed,
      blob.subarray(0, blob.length - 1),
      blob.subarray(0, 5),
      Buffer.from('x'),
    ]) {
      await expect(kms.send(new DecryptCommand({ CiphertextBlob: bad }))).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      });
    }
  });

  test('decrypting with another key than the one that encrypted is refused', async () => {
    const wrong = new DecryptCommand({ CiphertextBlob: await seal(), KeyId: otherKey.ref });
    await expect(kms.send(wrong)).rejects.toMatchObject({ name: 'IncorrectKeyException' });
  });

  test('4,096 bytes are the most that is encrypted', async () => {
    const encrypt = (bytes: number) =>
      kms.send(new EncryptCommand({ KeyId: dataKey.ref, Plaintext: Buffer.alloc(bytes, 1) }));
    await expect(encrypt(4096)).resolves.toHaveProperty('CiphertextBlob');
    await expect(encrypt(4097)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(encrypt(0)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('a ciphertext outlives a restart', async () => {
    const blob = await seal({ keyId: 'a' });
    const restarted = await startEndpoint([newKms()], resources);
    const client = new KMSClient(clientConfig(restarted.url));
    const opened = await client.send(
      new DecryptCommand({ CiphertextBlob: blob, EncryptionContext: { keyId: 'a' } }),
    );
    expect(Buffer.from(opened.Plaintext ?? []).toString()).toBe(plaintext.toString());
    await restarted.close();
  });
});

test('a data key comes in clear and encrypted, and both are the same', async () => {
  const made = await kms.send(new GenerateDataKeyCommand({ KeyId: dataKey.ref, KeySpec: 'AES_256' }));
  const opened = await kms.send(new DecryptCommand({ CiphertextBlob: made.CiphertextBlob }));
  expect(made.Plaintext).toHaveLength(32);
  expect(Buffer.from(opened.Plaintext ?? []).equals(Buffer.from(made.Plaintext ?? []))).toBe(true);
  await expect(kms.send(new GenerateDataKeyCommand({ KeyId: dataKey.ref }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

describe('MACs', () => {
  const MacAlgorithm = 'HMAC_SHA_256' as const;
  const Message = Buffer.from('the head of a chain');

  test('a MAC is verified, and refused for any other message', async () => {
    const { Mac } = await kms.send(new GenerateMacCommand({ KeyId: macKey.ref, Message, MacAlgorithm }));
    const verify = (message: Buffer) =>
      kms.send(new VerifyMacCommand({ KeyId: macKey.ref, Message: message, MacAlgorithm, Mac }));
    await expect(verify(Message)).resolves.toMatchObject({ MacValid: true });
    await expect(verify(Buffer.from('another'))).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
  });

  test('a key serves its own usage only', async () => {
    const mac = new GenerateMacCommand({ KeyId: dataKey.ref, Message, MacAlgorithm });
    const encrypt = new EncryptCommand({ KeyId: macKey.ref, Plaintext: Message });
    await expect(kms.send(mac)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
    await expect(kms.send(encrypt)).rejects.toMatchObject({ name: 'InvalidKeyUsageException' });
  });
});

describe('keys', () => {
  test('a key describes itself', async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/handover' }));
    expect(KeyMetadata).toMatchObject({
      Arn: dataKey.arn,
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyState: 'Enabled',
    });
    expect(Math.abs(Date.now() - (KeyMetadata?.CreationDate?.getTime() ?? 0))).toBeLessThan(60_000);
  });

  test('unknown and disabled keys are refused', async () => {
    await expect(seal(undefined, 'nowhere')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(seal(undefined, 'alias/nowhere')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(seal(undefined, disabledKey.ref)).rejects.toMatchObject({ name: 'DisabledException' });
  });

  test('an unsupported property of a key is an error that names it', () => {
    const wrong = key('Wrong', { MultiRegion: true, Rotation: 'x' });
    const create = () => createKms({ environment, clock: createClock({ state }), state, resources: [wrong] });
    expect(create).toThrow(/AWS::KMS::Key "Wrong".*MultiRegion.*Rotation is not supported/);
  });
});

describe('refusals', () => {
  test('an operation that is not supported is named', async () => {
    await expect(kms.send(new ListKeysCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListKeys'),
    });
  });

  test('a parameter that is not supported is named', async () => {
    const dry = new EncryptCommand({ KeyId: dataKey.ref, Plaintext: plaintext, DryRun: true });
    await expect(kms.send(dry)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('DryRun is not supported'),
    });
  });

  test('a role decrypts with the context that its policy names, and does nothing else', async () => {
    const opener = new KMSClient(clientConfig(endpoint.url, endpoint.iam.credentialsOf(roleArn('opener'))));
    const decrypt = async (EncryptionContext: Record<string, string>) =>
      opener.send(new DecryptCommand({ CiphertextBlob: await seal(EncryptionContext), EncryptionContext }));
    await expect(decrypt({ keyId: 'a' })).resolves.toHaveProperty('Plaintext');
    await expect(decrypt({ keyId: 'b' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const encrypt = new EncryptCommand({ KeyId: dataKey.ref, Plaintext: plaintext });
    await expect(opener.send(encrypt)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::111122223333:assumed-role/opener/local is not authorized to perform: kms:Encrypt on resource: ${dataKey.arn} because no identity-based policy allows the kms:Encrypt action`,
    });
  });
});
