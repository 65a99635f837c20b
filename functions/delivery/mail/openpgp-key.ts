import type { Key, Subkey } from 'openpgp';

/** What is wrong with an OpenPGP key, and what to do, in words for its owner. */
export class OpenPgpKeyError extends Error {
  override readonly name = 'OpenPgpKeyError';
}

export interface OpenPgpKey {
  /** Of the primary key: upper-case hex, 40 digits (version 4) or 64 (version 6). */
  readonly fingerprint: string;
  /** The public key in one form: no comments, no photos, no certifications by others. */
  readonly armored: string;
  /** From when on mails cannot be encrypted to it, ISO 8601; absent where it never expires. */
  readonly expiresAt?: string;
  /** Such as `Ada <ada@example.com>`. Whoever made the key chose them freely. */
  readonly userIds: string[];
}

const LARGEST = 64 * 1024;

/**
 * The public key in an armored text, if a mail can be encrypted to it at `now`. Throws an `OpenPgpKeyError` whose message
 * never holds any part of the text: somebody may have pasted a private key.
 */
export async function readOpenPgpKey(armored: string, now: Date): Promise<OpenPgpKey> {
  const { key, encryptionKey } = await usableKey(armored, now);
  // What others said about the key, and pictures: mostly bulk, and nothing that encryption needs.
  key.users = key.users.filter(({ userID }) => userID !== null);
  for (const user of key.users) user.otherCertifications = [];
  const expiresAt = earliest([await key.getExpirationTime(), await encryptionKey.getExpirationTime(now)]);
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    armored: key.armor(),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    userIds: key.getUserIDs(),
  };
}

/** The content encrypted to the key as of `date`, armored. Throws as `readOpenPgpKey` does. */
export async function encryptTo(armored: string, content: Uint8Array, date: Date): Promise<string> {
  const { key } = await usableKey(armored, date);
  const { createMessage, encrypt } = await library();
  const message = await createMessage({ binary: content, date });
  return encrypt({ message, encryptionKeys: key, date, format: 'armored' });
}

/** Loaded when it is needed: it is large, and most mails do without. */
const library = () => import('openpgp');

async function usableKey(armored: string, now: Date): Promise<{ key: Key; encryptionKey: Key | Subkey }> {
  const key = await onlyKey(armored);
  if (await key.isRevoked(undefined, undefined, now)) {
    throw new OpenPgpKeyError('This key has been revoked. Export a key that is still valid.');
  }
  const expires = await key.getExpirationTime();
  if (expires instanceof Date && expires <= now) {
    throw new OpenPgpKeyError(
      `This key expired on ${expires.toISOString().slice(0, 10)}. Extend it in your OpenPGP program and export it again, or export another one.`,
    );
  }
  try {
    return { key, encryptionKey: await key.getEncryptionKey(undefined, now) };
  } catch (cause) {
    throw new OpenPgpKeyError(whyUnusable(cause), { cause });
  }
}

async function onlyKey(armored: string): Promise<Key> {
  if (/BEGIN PGP PRIVATE KEY/i.test(armored)) throw privateKey();
  if (Buffer.byteLength(armored, 'utf8') > LARGEST) {
    throw new OpenPgpKeyError(
      'This key is larger than 64 KB. Export it without the certifications of others (gpg: --export-options export-minimal).',
    );
  }
  const blocks = armored.match(/^-----BEGIN PGP [^\r\n]*-----/gm) ?? [];
  if (blocks.length === 0 || !blocks.every((block) => block.includes('PUBLIC KEY BLOCK'))) {
    throw new OpenPgpKeyError(
      'This is not an OpenPGP public key. Paste the whole block from -----BEGIN PGP PUBLIC KEY BLOCK----- to -----END PGP PUBLIC KEY BLOCK----- (gpg: --armor --export).',
    );
  }
  const keys = await parsed(armored);
  const [key] = keys;
  if (keys.some((each) => each.isPrivate())) throw privateKey();
  if (key === undefined || keys.length > 1 || blocks.length > 1) {
    throw new OpenPgpKeyError(
      'There is more than one key in this text. Export only the one that mails are to be encrypted to.',
    );
  }
  return key;
}

async function parsed(armored: string): Promise<Key[]> {
  const { readKeys } = await library();
  try {
    return await readKeys({ armoredKeys: armored });
  } catch {
    // Without the cause, which may quote what was pasted.
    throw new OpenPgpKeyError(
      'This OpenPGP key cannot be read: it is damaged, not complete, or of a kind that is not supported. Export and paste it again, as a whole.',
    );
  }
}

function privateKey(): OpenPgpKeyError {
  return new OpenPgpKeyError(
    'This is a PRIVATE key. Never send it anywhere, not even to us: whoever has it can read your mail. It was refused and not stored. If others may have seen it, revoke it and make a new one. Then paste the public key (gpg: --armor --export).',
  );
}

function whyUnusable(cause: unknown): string {
  const why = cause instanceof Error ? cause.message : '';
  if (/too weak|shorter than|is disabled/.test(why)) {
    return 'This key is too weak. Make a new one: Curve25519, or RSA with 3072 bits or more.';
  }
  if (/future|not yet valid|not valid yet/i.test(why)) {
    return 'This key is not valid yet. Check the clock of the computer that it was made on, or wait.';
  }
  return 'No mail can be encrypted to this key: it has no valid subkey for encryption. Add one in your OpenPGP program, or extend it if it has expired, and export the key again.';
}

function earliest(times: readonly (Date | number | null)[]): string | undefined {
  const dates = times.filter((time) => time instanceof Date).map((time) => time.getTime());
  return dates.length === 0 ? undefined : new Date(Math.min(...dates)).toISOString();
}
