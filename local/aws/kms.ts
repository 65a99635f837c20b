import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import type { State } from '../state.ts';
import { jsonService, operation } from './json-service.ts';
import { type EncryptionContext, keyIdOf, seal, unseal } from './kms/ciphertext.ts';
import { type KmsKey, openKeyStore } from './kms/key-store.ts';
import { AwsError, type AwsRequest, type AwsService } from './service.ts';

export interface KmsOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** AWS::KMS::Key and AWS::KMS::Alias */
  readonly resources: readonly ResolvedResource[];
}

export interface Kms extends AwsService {
  /** The ARN of a key of the template by id, ARN or alias. @throws AwsError `NotFoundException` */
  keyArn(keyId: string): string;
}

const keyId = z.string().min(1).max(2048);
const blob = z.base64().transform((text) => Buffer.from(text, 'base64'));
const small = blob.refine((bytes) => bytes.length >= 1 && bytes.length <= 4096, {
  error: 'Member must have length between 1 and 4096',
});
const context = z.record(z.string(), z.string()).default({});
const symmetric = z.literal('SYMMETRIC_DEFAULT').optional();
const mac = z.literal('HMAC_SHA_256');

/** KMS for symmetric encryption keys and HMAC keys, with real cryptography. */
export function createKms(options: KmsOptions): Kms {
  const keys = openKeyStore(options);

  /** Authorization comes before the key's state, as in the cloud: a denied caller learns nothing about it. */
  function use(request: AwsRequest, action: string, key: KmsKey, pairs: EncryptionContext = {}): KmsKey {
    request.authorize(`kms:${action}`, key.arn, conditionKeys(pairs));
    if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    const usage = action.endsWith('Mac') ? 'GENERATE_VERIFY_MAC' : 'ENCRYPT_DECRYPT';
    if (key.usage === usage) return key;
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key usage is ${key.usage} which is not valid for ${action}.`,
    );
  }

  const service = jsonService('kms', 'TrentService', {
    Encrypt: operation(
      z.strictObject({
        KeyId: keyId,
        Plaintext: small,
        EncryptionContext: context,
        EncryptionAlgorithm: symmetric,
      }),
      (input, request) => {
        const key = use(request, 'Encrypt', keys.find(input.KeyId), input.EncryptionContext);
        const sealed = seal(key.id, key.material, input.Plaintext, input.EncryptionContext);
        return {
          KeyId: key.arn,
          CiphertextBlob: sealed.toString('base64'),
          EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        };
      },
    ),
    Decrypt: operation(
      z.strictObject({
        CiphertextBlob: blob,
        KeyId: keyId.optional(),
        EncryptionContext: context,
        EncryptionAlgorithm: symmetric,
      }),
      (input, request) => {
        const id = keyIdOf(input.CiphertextBlob);
        if (id === undefined) throw new AwsError('InvalidCiphertextException', 'The ciphertext is invalid');
        const key = use(request, 'Decrypt', keys.find(id), input.EncryptionContext);
        if (input.KeyId !== undefined && keys.find(input.KeyId).id !== id) {
          throw new AwsError(
            'IncorrectKeyException',
            'The key ID in the request does not identify a CMK that can perform this operation.',
          );
        }
        const plaintext = unseal(key.id, key.material, input.CiphertextBlob, input.EncryptionContext);
        if (plaintext === undefined) {
          throw new AwsError(
            'InvalidCiphertextException',
            'The ciphertext or its encryption context is invalid',
          );
        }
        return {
          KeyId: key.arn,
          Plaintext: plaintext.toString('base64'),
          EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        };
      },
    ),
    GenerateDataKey: operation(
      z
        .strictObject({
          KeyId: keyId,
          EncryptionContext: context,
          KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
          NumberOfBytes: z.int().min(1).max(1024).optional(),
        })
        .refine((input) => (input.KeySpec === undefined) !== (input.NumberOfBytes === undefined), {
          error: 'Please specify either number of bytes or key spec.',
        }),
      (input, request) => {
        const key = use(request, 'GenerateDataKey', keys.find(input.KeyId), input.EncryptionContext);
        const plaintext = randomBytes(input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32));
        const sealed = seal(key.id, key.material, plaintext, input.EncryptionContext);
        return {
          KeyId: key.arn,
          Plaintext: plaintext.toString('base64'),
          CiphertextBlob: sealed.toString('base64'),
        };
      },
    ),
    GenerateMac: operation(
      z.strictObject({ KeyId: keyId, Message: small, MacAlgorithm: mac }),
      (input, request) => {
        const key = use(request, 'GenerateMac', keys.find(input.KeyId));
        return {
          KeyId: key.arn,
          MacAlgorithm: input.MacAlgorithm,
          Mac: macOf(key, input.Message).toString('base64'),
        };
      },
    ),
    VerifyMac: operation(
      z.strictObject({ KeyId: keyId, Message: small, MacAlgorithm: mac, Mac: blob }),
      (input, request) => {
        const key = use(request, 'VerifyMac', keys.find(input.KeyId));
        const right = macOf(key, input.Message);
        if (right.length !== input.Mac.length || !timingSafeEqual(right, input.Mac)) {
          throw new AwsError('KMSInvalidMacException', 'The MAC does not fit the message');
        }
        return { KeyId: key.arn, MacAlgorithm: input.MacAlgorithm, MacValid: true };
      },
    ),
    DescribeKey: operation(z.strictObject({ KeyId: keyId }), (input, request) => {
      const key = keys.find(input.KeyId);
      request.authorize('kms:DescribeKey', key.arn);
      return { KeyMetadata: describe(key, options.environment.accountId) };
    }),
  });
  return { ...service, keyArn: (id) => keys.find(id).arn };
}

function conditionKeys(pairs: EncryptionContext): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pairs).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
  );
}

function macOf(key: KmsKey, message: Buffer): Buffer {
  return createHmac('sha256', key.material).update(message).digest();
}

function describe(key: KmsKey, accountId: string): Record<string, unknown> {
  return {
    AWSAccountId: accountId,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: key.createdAt,
    Description: key.description,
    Enabled: key.enabled,
    KeyState: key.enabled ? 'Enabled' : 'Disabled',
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec,
    KeyUsage: key.usage,
    MultiRegion: false,
    Origin: 'AWS_KMS',
    ...(key.spec === 'HMAC_256'
      ? { MacAlgorithms: ['HMAC_SHA_256'] }
      : { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }),
  };
}
