import { type AwsEndpoint, startAwsEndpoint } from '../../../local/aws/endpoint.ts';
import { createIam, type Iam } from '../../../local/aws/iam.ts';
import type { AwsService } from '../../../local/aws/service.ts';
import type { LocalEnvironment, ResolvedResource } from '../../../local/model.ts';

export const environment: LocalEnvironment = {
  region: 'eu-central-1',
  accountId: '111122223333',
  stackName: 'latchkey-test',
  dataDir: '/nowhere',
};
export const administrator = { accessKeyId: 'anybody', secretAccessKey: 'anything' };

/** A resource as the template loader hands it over. */
export function resource(
  type: string,
  logicalId: string,
  ref: string,
  properties: Record<string, unknown>,
  attributes: Record<string, string> = {},
): ResolvedResource {
  return { type, logicalId, ref, properties, attributes };
}

export function statement(action: string | string[], on: string | string[], more: object = {}): object {
  return { Effect: 'Allow', Action: action, Resource: on, ...more };
}

export function policyDocument(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

export function roleArn(name: string): string {
  return `arn:aws:iam::${environment.accountId}:role/${name}`;
}

/** A role that Lambda may assume, with one inline policy. */
export function role(
  name: string,
  statements: object[] = [],
  more: Record<string, unknown> = {},
): ResolvedResource {
  const properties = {
    AssumeRolePolicyDocument: policyDocument({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'lambda.amazonaws.com' },
    }),
    Policies: [{ PolicyName: 'inline', PolicyDocument: policyDocument(...statements) }],
    ...more,
  };
  return resource('AWS::IAM::Role', name, name, properties, { Arn: roleArn(name) });
}

export function key(
  logicalId: string,
  properties: Record<string, unknown> = {},
): ResolvedResource & { arn: string } {
  const id = `00000000-0000-4000-8000-${Buffer.from(logicalId).toString('hex').padEnd(12, '0').slice(0, 12)}`;
  const arn = `arn:aws:kms:${environment.region}:${environment.accountId}:key/${id}`;
  return { ...resource('AWS::KMS::Key', logicalId, id, properties, { Arn: arn, KeyId: id }), arn };
}

/** The real endpoint with the real IAM of some resources before some services, on a free port. */
export async function startEndpoint(
  services: readonly AwsService[],
  resources: readonly ResolvedResource[] = [],
  log?: (line: string) => void,
): Promise<AwsEndpoint & { iam: Iam }> {
  const iam = createIam(resources, environment);
  const endpoint = await startAwsEndpoint({ port: 0, services, access: iam, ...(log && { log }) });
  return { ...endpoint, iam };
}

/** What a client of the AWS SDK needs to talk to the endpoint; without retries, as every answer here is final. */
export function clientConfig(url: string, credentials = administrator) {
  return { endpoint: url, region: environment.region, credentials, maxAttempts: 1 };
}
