import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export type EncryptionContext = Readonly<Record<string, string>>;

const version = 1;
const ivBytes = 12;
const tagBytes = 16;

/**
 * Encrypts with AES-256-GCM; the encryption context and the key's id are authenticated.
 *
 * The blob names its key, so that `Decrypt` needs no key id: version (1 byte), length of the key id (1), key id, iv (12),
 * tag (16), ciphertext.
 */
export function seal(keyId: string, material: Buffer, plaintext: Buffer, context: EncryptionContext): Buffer {
  const header = headerOf(keyId);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', material, iv, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(header, context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), ciphertext]);
}

/** The id of the key that made the blob, or undefined for bytes that are no blob. */
export function keyIdOf(blob: Buffer): string | undefined {
  const length = blob[1];
  if (blob[0] !== version || length === undefined) return undefined;
  return blob.length < 2 + length + ivBytes + tagBytes ? undefined : blob.toString('utf8', 2, 2 + length);
}

/** The plaintext, or undefined when blob, key and context do not belong together. */
export function unseal(
  keyId: string,
  material: Buffer,
  blob: Buffer,
  context: EncryptionContext,
): Buffer | undefined {
  const header = headerOf(keyId);
  const body = blob.subarray(header.length);
  if (!blob.subarray(0, header.length).equals(header) || body.length < ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', material, body.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associatedData(header, context));
  decipher.setAuthTag(body.subarray(ivBytes, ivBytes + tagBytes));
  const plaintext = decipher.update(body.subarray(ivBytes + tagBytes));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    return undefined; // the tag does not fit
  }
}

function headerOf(keyId: string): Buffer {
  const id = Buffer.from(keyId, 'utf8');
  return Buffer.concat([Buffer.from([version, id.length]), id]);
}

/** The order in which a client lists the pairs of a context does not matter. */
function associatedData(header: Buffer, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs), 'utf8')]);
}
