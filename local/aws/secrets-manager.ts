import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import type { State } from '../state.ts';
import { jsonService, operation } from './json-service.ts';
import { openSecretStore, type Secret } from './secrets-manager/secret-store.ts';
import { addVersion, findVersion, type SecretValue } from './secrets-manager/versions.ts';
import { AwsError, type AwsRequest, type AwsService } from './service.ts';

export interface SecretsManagerOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** AWS::SecretsManager::Secret */
  readonly resources: readonly ResolvedResource[];
  /** The ARN of a key of the template by id, ARN or alias; see `createKms`. */
  readonly keyArn: (keyId: string) => string;
}

const secretId = z.string().min(1).max(2048);
const stage = z.string().min(1).max(256);
const maxValueBytes = 65_536;

export function createSecretsManager(options: SecretsManagerOptions): AwsService {
  const { environment, clock } = options;
  const store = openSecretStore(options);
  const viaService = `secretsmanager.${environment.region}.amazonaws.com`;

  function find(request: AwsRequest, action: string, id: string): Secret {
    const secret = store.find(id);
    const requested = id.startsWith('arn:')
      ? id
      : `arn:aws:secretsmanager:${environment.region}:${environment.accountId}:secret:${id}`;
    request.authorize(`secretsmanager:${action}`, secret?.arn ?? requested);
    if (secret !== undefined) return secret;
    throw notFound("Secrets Manager can't find the specified secret.");
  }

  /** With a customer-managed key, the caller needs that key's permission too: Secrets Manager uses it in their name. */
  function useKey(request: AwsRequest, secret: Secret, versionId: string, actions: readonly string[]): void {
    if (secret.kmsKeyId === undefined) return;
    const arn = options.keyArn(secret.kmsKeyId);
    for (const action of actions) {
      request.authorize(action, arn, {
        'kms:ViaService': viaService,
        'kms:EncryptionContext:SecretARN': secret.arn,
        'kms:EncryptionContext:SecretVersionId': versionId,
      });
    }
  }

  return jsonService('secretsmanager', 'secretsmanager', {
    GetSecretValue: operation(
      z.strictObject({
        SecretId: secretId,
        VersionId: z.string().optional(),
        VersionStage: stage.optional(),
      }),
      (input, request) => {
        const secret = find(request, 'GetSecretValue', input.SecretId);
        const wanted = { id: input.VersionId, stage: input.VersionStage };
        const version = findVersion(store.read(secret).versions, wanted);
        if (version === undefined) {
          const what = input.VersionId ?? `staging label: ${input.VersionStage ?? 'AWSCURRENT'}`;
          throw notFound(`Secrets Manager can't find the specified secret value for ${what}`);
        }
        useKey(request, secret, version.id, ['kms:Decrypt']);
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: version.id,
          SecretString: version.value.text,
          SecretBinary: version.value.binary,
          VersionStages: version.stages,
          CreatedDate: version.createdAt,
        };
      },
    ),
    PutSecretValue: operation(
      z
        .strictObject({
          SecretId: secretId,
          ClientRequestToken: z.string().min(32).max(64).default(randomUUID),
          SecretString: z.string().optional(),
          SecretBinary: z.base64().optional(),
          VersionStages: z.array(stage).min(1).max(20).optional(),
        })
        .refine((input) => (input.SecretString === undefined) !== (input.SecretBinary === undefined), {
          error: 'exactly one of SecretString and SecretBinary is needed',
        }),
      (input, request) => {
        const secret = find(request, 'PutSecretValue', input.SecretId);
        const id = input.ClientRequestToken;
        useKey(request, secret, id, ['kms:GenerateDataKey', 'kms:Decrypt']);
        const value: SecretValue =
          input.SecretBinary === undefined
            ? { text: input.SecretString ?? '' }
            : { binary: input.SecretBinary };
        checkSize(value);
        const stored = store.read(secret);
        const earlier = findVersion(stored.versions, { id });
        if (earlier !== undefined && !sameValue(earlier.value, value)) {
          throw new AwsError(
            'ResourceExistsException',
            `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
          );
        }
        if (earlier !== undefined) return written(secret, id, earlier.stages); // the same request again
        const now = clock.now() / 1000;
        const versions = addVersion(stored.versions, { id, value, createdAt: now }, input.VersionStages);
        store.write(secret, { ...stored, changedAt: now, versions });
        return written(secret, id, input.VersionStages ?? ['AWSCURRENT']);
      },
    ),
    DescribeSecret: operation(z.strictObject({ SecretId: secretId }), (input, request) => {
      const secret = find(request, 'DescribeSecret', input.SecretId);
      const stored = store.read(secret);
      const staged = stored.versions.filter((version) => version.stages.length > 0);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Description: secret.description,
        KmsKeyId: secret.kmsKeyId,
        CreatedDate: stored.createdAt,
        LastChangedDate: stored.changedAt,
        VersionIdsToStages: Object.fromEntries(staged.map((version) => [version.id, version.stages])),
      };
    }),
  });
}

function written(secret: Secret, id: string, stages: readonly string[]): Record<string, unknown> {
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: stages };
}

function sameValue(a: SecretValue, b: SecretValue): boolean {
  return a.text === b.text && a.binary === b.binary;
}

function checkSize(value: SecretValue): void {
  const bytes = value.text === undefined ? Buffer.from(value.binary, 'base64') : Buffer.from(value.text);
  if (bytes.length <= maxValueBytes) return;
  throw new AwsError('ValidationException', `The secret value must not exceed ${maxValueBytes} bytes`);
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
