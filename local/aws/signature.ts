import { AwsError } from './service.ts';

export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name of the service, such as `dynamodb`. */
  readonly service: string;
}

const scopePattern = /^([^/\s,]+)\/\d{8}\/([^/\s,]+)\/([^/\s,]+)\/aws4_request$/;

/**
 * Reads whom and which service a request is for from its SigV4 `Authorization` header or its presigned query.
 *
 * The signature itself is not verified: the endpoint listens on loopback only, for development, and any secret access
 * key may be used with it. What separates principals here is the access key id, which guards against a mistake in the
 * template's policies, not against an attacker on the same machine.
 *
 * @throws AwsError `MissingAuthenticationTokenException`, `IncompleteSignatureException`
 */
export function readCredentialScope(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): CredentialScope {
  const authorization = headers['authorization'];
  const credential =
    authorization === undefined
      ? query.get('X-Amz-Credential')
      : /^AWS4-HMAC-SHA256\s.*?Credential=([^\s,]+)/.exec(authorization)?.[1];
  if (credential === null) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const [, accessKeyId, region, service] = scopePattern.exec(credential ?? '') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) {
    throw new AwsError(
      'IncompleteSignatureException',
      'The request must be signed with AWS Signature Version 4 (Credential=<access key id>/<date>/<region>/<service>/aws4_request)',
      403,
    );
  }
  return { accessKeyId, region, service };
}
