/** What every AWS stand-in of the local endpoint has in common: one request in, one response out. */

/**
 * Who signed a request: someone held to policies of the template (`role`: a function's role, or whoever holds one of
 * its managed policies), or an administrator (any access key that the template's IAM does not know).
 */
export interface Principal {
  /** `administrator` may do everything; a role only what its policies in the template allow. */
  readonly kind: 'administrator' | 'role';
  /** ARN as it would appear in `userIdentity`. */
  readonly arn: string;
}

/** Condition keys of a request with their values; `dynamodb:LeadingKeys` and its like have several. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

export interface AwsRequest {
  readonly method: string;
  /** Decoded path without the query, beginning with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly requestId: string;
  readonly principal: Principal;
  /**
   * Throws an `AwsError` (AccessDeniedException) unless the principal's policies allow the action on the resource.
   * `context` holds condition keys with their values, such as `kms:ViaService`.
   */
  authorize(action: string, resource: string, context?: ConditionContext): void;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface AwsService {
  /** The service's name in a SigV4 credential scope: `dynamodb`, `secretsmanager`, `kms`, `apigateway`, `lambda`. */
  readonly signingName: string;
  handle(request: AwsRequest): Promise<AwsResponse>;
  close?(): Promise<void>;
}

/** A service's own error: `code` is what an SDK client turns into the exception's name. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** Further members of the error's body, such as `CancellationReasons`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}
