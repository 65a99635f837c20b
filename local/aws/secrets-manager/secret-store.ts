import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { ResolvedResource } from '../../model.ts';
import type { State } from '../../state.ts';
import { ofType, readProperties } from '../properties.ts';
import { generateSecretString, generateSecretStringSchema } from './generate-password.ts';
import { addVersion, type SecretVersion } from './versions.ts';

/** What the template says about a secret. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string | undefined;
  /** As it stands in the template: id, ARN or alias. */
  readonly kmsKeyId: string | undefined;
}

/** What is kept of it. Times are seconds since the epoch. */
export interface StoredSecret {
  readonly createdAt: number;
  readonly changedAt: number;
  readonly versions: readonly SecretVersion[];
}

export interface SecretStore {
  /** By ARN, by name, or by ARN without the six characters that Secrets Manager appends. */
  find(secretId: string): Secret | undefined;
  read(secret: Secret): StoredSecret;
  write(secret: Secret, stored: StoredSecret): void;
}

const secretSchema = z
  .strictObject({
    Name: z.string().optional(),
    Description: z.string().optional(),
    KmsKeyId: z.string().optional(),
    GenerateSecretString: generateSecretStringSchema.optional(),
    SecretString: z.string().optional(),
    Tags: z.array(z.unknown()).optional(),
  })
  .refine((secret) => secret.GenerateSecretString === undefined || secret.SecretString === undefined, {
    error: 'GenerateSecretString and SecretString exclude each other',
  });

/**
 * The template's secrets. A value is made when its secret is first seen and never again: a new pepper would kill every
 * key that was hashed with the old one.
 * @throws Error that names a property which is not supported
 */
export function openSecretStore(options: {
  clock: Clock;
  state: State;
  resources: readonly ResolvedResource[];
}): SecretStore {
  const { clock, state } = options;
  const stored = state.map<StoredSecret>('secrets');
  const secrets = new Map<string, Secret>(); // by every name of it

  for (const resource of ofType(options.resources, 'AWS::SecretsManager::Secret')) {
    const properties = readProperties(resource, secretSchema);
    const arn = resource.ref;
    const [stem = arn] = /^.*(?=-[A-Za-z0-9]{6}$)/.exec(arn) ?? [];
    const secret: Secret = {
      arn,
      name: properties.Name ?? stem.split(':secret:')[1] ?? resource.logicalId,
      description: properties.Description,
      kmsKeyId: properties.KmsKeyId,
    };
    secrets.set(arn, secret).set(stem, secret).set(secret.name, secret);
    if (stored.get(arn) !== undefined) continue;

    const createdAt = clock.now() / 1000;
    const text =
      properties.SecretString ??
      (properties.GenerateSecretString && generateSecretString(properties.GenerateSecretString));
    stored.put(arn, {
      createdAt,
      changedAt: createdAt,
      versions: text === undefined ? [] : addVersion([], { id: randomUUID(), value: { text }, createdAt }),
    });
  }

  return {
    find: (secretId) => secrets.get(secretId),
    read: (secret) => stored.get(secret.arn) ?? { createdAt: 0, changedAt: 0, versions: [] },
    write: (secret, value) => stored.put(secret.arn, value),
  };
}
