import {
  GenerateMacCommand,
  type KMSClient,
  KMSInvalidMacException,
  VerifyMacCommand,
} from '@aws-sdk/client-kms';

/** Seals: a MAC over an entry's hash, by a key that never leaves KMS. */
export interface Sealer {
  /** @returns Base64 */
  seal(hash: string): Promise<string>;
}

export interface SealVerifier {
  /** False, too, for what is no hash or no seal at all. */
  isSealed(hash: unknown, seal: unknown): Promise<boolean>;
}

const algorithm = 'HMAC_SHA_256' as const;

export function createSealer(client: KMSClient, keyArn: string): Sealer {
  return {
    async seal(hash) {
      const { Mac } = await client.send(
        new GenerateMacCommand({ KeyId: keyArn, MacAlgorithm: algorithm, Message: Buffer.from(hash, 'hex') }),
      );
      if (Mac === undefined) throw new Error('KMS answered without a MAC');
      return Buffer.from(Mac).toString('base64');
    },
  };
}

export function createSealVerifier(client: KMSClient, keyArn: string): SealVerifier {
  return {
    async isSealed(hash, seal) {
      // An entry may hold anything by now, and KMS refuses what cannot be a MAC with an error.
      if (!isHash(hash) || !isMac(seal)) return false;
      try {
        const { MacValid } = await client.send(
          new VerifyMacCommand({
            KeyId: keyArn,
            MacAlgorithm: algorithm,
            Message: Buffer.from(hash, 'hex'),
            Mac: Buffer.from(seal, 'base64'),
          }),
        );
        return MacValid === true;
      } catch (error) {
        if (error instanceof KMSInvalidMacException) return false;
        throw error;
      }
    },
  };
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isMac(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9A-Za-z+/]{43}=$/.test(value);
}
