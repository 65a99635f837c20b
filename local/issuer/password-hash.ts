import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt with its cost; salt and hash in base64. */
export interface PasswordHash {
  readonly cost: number;
  readonly salt: string;
  readonly hash: string;
}

const cost = 2 ** 15;
const length = 32;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return { cost, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** What is compared where there is no user: nothing has this hash, and it takes as long to find out. */
const nobody: PasswordHash = {
  cost,
  salt: randomBytes(16).toString('base64'),
  hash: randomBytes(length).toString('base64'),
};

/** In constant time, and in the same time for a user who does not exist. */
export async function isPassword(password: string, kept: PasswordHash | undefined): Promise<boolean> {
  const { salt, hash, ...parameters } = kept ?? nobody;
  const derived = await derive(password, Buffer.from(salt, 'base64'), parameters.cost);
  return timingSafeEqual(derived, Buffer.from(hash, 'base64')) && kept !== undefined;
}

function derive(password: string, salt: Buffer, N: number): Promise<Buffer> {
  const options: ScryptOptions = { N, r: 8, p: 1, maxmem: 256 * N * 8 };
  return new Promise((resolve, reject) => {
    // The same password typed on another keyboard may be other code points.
    scrypt(password.normalize('NFC'), salt, length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
