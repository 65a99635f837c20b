import { createHash } from 'node:crypto';
import {
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readPeppers } from './pepper-store.ts';

/** Adds peppers to the secret, for the one function that may. */
export interface PepperVault {
  read(): Promise<Peppers>;
  /**
   * Adds a pepper and makes it current; where a pepper of that name was added already, that one stays, so that no two
   * values can ever have one name.
   */
  add(name: string, value: string): Promise<Peppers>;
}

/** Names only: a value leaves the secret for hashing and for nothing else. */
export interface Peppers {
  readonly current: string;
  /** In the order in which they were made. */
  readonly peppers: string[];
}

export function createPepperVault(client: SecretsManagerClient, secretId: string): PepperVault {
  async function read(): Promise<Peppers> {
    return namesOf(await readPeppers(client, secretId));
  }
  return {
    read,
    async add(name, value) {
      const known = await readPeppers(client, secretId);
      if (known.has(name)) return namesOf(known);
      const content = Object.fromEntries([...known, ['current', name], [name, value]]);
      try {
        await client.send(
          new PutSecretValueCommand({
            SecretId: secretId,
            SecretString: JSON.stringify(content),
            // One token per name: Secrets Manager refuses a second value under the same token.
            ClientRequestToken: createHash('sha256').update(`${secretId}\n${name}`).digest('hex'),
          }),
        );
      } catch (error) {
        if (!(error instanceof ResourceExistsException)) throw error;
      }
      return read();
    },
  };
}

function namesOf(peppers: ReadonlyMap<string, string>): Peppers {
  const names = [...peppers.keys()].filter((name) => name !== 'current');
  return { current: peppers.get('current') ?? '', peppers: names };
}
