import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The peppers that secrets are hashed with. */
export interface PepperStore {
  /** The pepper that new secrets are hashed with. */
  current(): Promise<{ name: string; value: string }>;
  /**
   * A pepper by the name that an item gives; undefined where there is none of that name even after the secret has been
   * read again (a pepper may be younger than this function instance).
   */
  byName(name: string): Promise<string | undefined>;
}

/** The pepper secret is missing or malformed: nothing may be accepted. */
export class PepperError extends Error {
  override readonly name = 'PepperError';
}

/**
 * An item that names a pepper which does not exist must not cost a read of the secret on every request. Counted for each
 * name alone: two peppers that are added within a second are both found at once.
 */
const rereadAfterMilliseconds = 1_000;

/**
 * For checking keys, reads the secret once per function instance, and again when an item names a pepper that is not in it: for each
 * name at most every second, and never twice at once. A failed read is not kept, so the next call tries again, and takes away no pepper
 * that was read before.
 * @param secretId ARN of `{"current":"v1","v1":"<64 random characters>"}`
 */
export function createPepperStore(client: SecretsManagerClient, secretId: string): PepperStore {
  let reading: Promise<ReadonlyMap<string, string>> | undefined;
  const rereadAt = new Map<string, number>();

  function read(): Promise<ReadonlyMap<string, string>> {
    const earlier = reading;
    const attempt = readPeppers(client, secretId);
    reading = attempt;
    attempt.catch(() => {
      if (reading === attempt) reading = earlier;
    });
    return attempt;
  }

  return {
    async current() {
      // Read anew: making a secret is rare, and a pepper that was replaced must not be used for new ones.
      const peppers = await read();
      const name = peppers.get('current') ?? '';
      const value = peppers.get(name);
      if (value === undefined) throw new PepperError('the pepper secret names no current pepper');
      return { name, value };
    },
    async byName(name) {
      if (name === 'current') return undefined;
      const known = (await (reading ?? read())).get(name);
      const last = rereadAt.get(name) ?? Number.NEGATIVE_INFINITY;
      if (known !== undefined || performance.now() - last < rereadAfterMilliseconds) return known;
      rereadAt.set(name, performance.now());
      return (await read()).get(name);
    },
  };
}

/** What the secret holds: `current` and the peppers by name. @throws PepperError */
export async function readPeppers(
  client: SecretsManagerClient,
  secretId: string,
): Promise<ReadonlyMap<string, string>> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  let content: unknown;
  try {
    content = JSON.parse(SecretString ?? '');
  } catch {
    // The parser's message would quote the secret.
    throw new PepperError('the pepper secret is not JSON');
  }
  const entries = Object.entries(typeof content === 'object' && content !== null ? content : {});
  const peppers = new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  const shortest = Math.min(...[...peppers].map(([name, value]) => (name === 'current' ? 64 : value.length)));
  if (!peppers.has('current') || peppers.size < 2 || shortest < 32) {
    throw new PepperError('the pepper secret does not have the form {"current":"v1","v1":"<64 characters>"}');
  }
  return peppers;
}
