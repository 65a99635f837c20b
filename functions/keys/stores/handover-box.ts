import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Encrypts secrets that await their owner. The context binds a ciphertext to one version of one key. */
export interface HandoverBox {
  /** @returns Base64 ciphertext */
  seal(apiKey: string, context: HandoverContext): Promise<string>;
  open(ciphertext: string, context: HandoverContext): Promise<string>;
}

export interface HandoverContext {
  readonly keyId: string;
  readonly version: number;
}

export function createHandoverBox(client: KMSClient, kmsKeyArn: string): HandoverBox {
  const encryptionContext = ({ keyId, version }: HandoverContext) => ({ keyId, version: String(version) });
  return {
    async seal(apiKey, context) {
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({
          KeyId: kmsKeyArn,
          Plaintext: Buffer.from(apiKey, 'utf8'),
          EncryptionContext: encryptionContext(context),
        }),
      );
      if (CiphertextBlob === undefined) throw new Error('KMS answered without a ciphertext');
      return Buffer.from(CiphertextBlob).toString('base64');
    },
    async open(ciphertext, context) {
      const { Plaintext } = await client.send(
        new DecryptCommand({
          KeyId: kmsKeyArn,
          CiphertextBlob: Buffer.from(ciphertext, 'base64'),
          EncryptionContext: encryptionContext(context),
        }),
      );
      if (Plaintext === undefined) throw new Error('KMS answered without a plaintext');
      return Buffer.from(Plaintext).toString('utf8');
    },
  };
}
