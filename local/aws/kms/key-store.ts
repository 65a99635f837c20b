import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { LocalEnvironment, ResolvedResource } from '../../model.ts';
import type { State } from '../../state.ts';
import { describeResource, ofType, readProperties } from '../properties.ts';
import { AwsError } from '../service.ts';
import { aliasSchema, keySchema } from './key-schemas.ts';

export interface KmsKey {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly spec: 'SYMMETRIC_DEFAULT' | 'HMAC_256';
  readonly usage: 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly material: Buffer;
}

export interface KeyStore {
  /** By key id, key ARN, alias name or alias ARN. @throws AwsError `NotFoundException` */
  find(keyId: string): KmsKey;
}

interface StoredKey {
  readonly material: string;
  readonly createdAt: number;
}

/**
 * The template's keys. Their material is made once and stays in `state`: with it goes every ciphertext.
 * @param resources AWS::KMS::Key and AWS::KMS::Alias
 * @throws Error that names a property which is not supported
 */
export function openKeyStore(options: {
  environment: LocalEnvironment;
  clock: Clock;
  state: State;
  resources: readonly ResolvedResource[];
}): KeyStore {
  const { environment, resources } = options;
  const prefix = `arn:aws:kms:${environment.region}:${environment.accountId}:`;
  const stored = options.state.map<StoredKey>('kms-keys');
  const keys = new Map<string, KmsKey>(); // by every name of it

  for (const resource of ofType(resources, 'AWS::KMS::Key')) {
    const properties = readProperties(resource, keySchema);
    const id = resource.ref;
    const kept = stored.get(id) ?? {
      material: randomBytes(32).toString('base64'),
      createdAt: options.clock.now() / 1000,
    };
    stored.put(id, kept);
    const key: KmsKey = {
      id,
      arn: resource.attributes['Arn'] ?? `${prefix}key/${id}`,
      description: properties.Description ?? '',
      enabled: properties.Enabled,
      spec: properties.KeySpec,
      usage: properties.KeyUsage,
      createdAt: kept.createdAt,
      material: Buffer.from(kept.material, 'base64'),
    };
    keys.set(id, key).set(key.arn, key);
  }
  for (const resource of ofType(resources, 'AWS::KMS::Alias')) {
    const { AliasName, TargetKeyId } = readProperties(resource, aliasSchema);
    const key = keys.get(TargetKeyId);
    if (key === undefined) {
      throw new Error(`${describeResource(resource)}: ${TargetKeyId} is no key of the template`);
    }
    keys.set(AliasName, key).set(`${prefix}${AliasName}`, key);
  }

  return {
    find(keyId) {
      const key = keys.get(keyId);
      if (key !== undefined) return key;
      const arn = keyId.startsWith('arn:')
        ? keyId
        : `${prefix}${keyId.startsWith('alias/') ? '' : 'key/'}${keyId}`;
      throw new AwsError(
        'NotFoundException',
        arn.includes(':alias/') ? `Alias ${arn} is not found.` : `Key '${arn}' does not exist`,
      );
    },
  };
}
