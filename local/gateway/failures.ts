/**
 * What the gateway answers by itself. Statuses are documented, `x-amzn-ErrorType` and bodies measured (see
 * `gateway-behaviour.md`); a body made before the execution phase has no space after its colon, one of the execution phase has.
 */
const execution = '{"message": $context.error.messageString}';
const front = '{"message":$context.error.messageString}';

interface ResponseDefault {
  readonly status: number;
  readonly errorType: string;
  readonly message: string | null;
  readonly body: string;
}

function response(status: number, errorType: string, message: string | null, body = front): ResponseDefault {
  return { status, errorType, message, body };
}

export const responseDefaults = {
  ACCESS_DENIED: response(
    403,
    'AccessDeniedException',
    'User is not authorized to access this resource with an explicit deny in an identity-based policy',
    '{"Message":$context.error.messageString}',
  ),
  API_CONFIGURATION_ERROR: response(500, 'InternalServerErrorException', 'Internal server error', execution),
  AUTHORIZER_CONFIGURATION_ERROR: response(500, 'AuthorizerConfigurationException', null),
  AUTHORIZER_FAILURE: response(500, 'AuthorizerConfigurationException', null),
  BAD_REQUEST_BODY: response(400, 'BadRequestException', 'Invalid request body', execution),
  BAD_REQUEST_PARAMETERS: response(
    400,
    'BadRequestException',
    'Missing required request parameters',
    execution,
  ),
  EXPIRED_TOKEN: response(
    403,
    'ExpiredTokenException',
    'The security token included in the request is expired',
  ),
  INTEGRATION_FAILURE: response(504, 'InternalServerErrorException', 'Internal server error', execution),
  INTEGRATION_TIMEOUT: response(504, 'InternalServerErrorException', 'Endpoint request timed out', execution),
  INVALID_API_KEY: response(403, 'ForbiddenException', 'Forbidden'),
  INVALID_SIGNATURE: response(403, 'InvalidSignatureException', 'The request signature does not match'),
  MISSING_AUTHENTICATION_TOKEN: response(
    403,
    'MissingAuthenticationTokenException',
    'Missing Authentication Token',
  ),
  QUOTA_EXCEEDED: response(429, 'LimitExceededException', 'Limit Exceeded'),
  REQUEST_TOO_LARGE: response(413, 'RequestTooLargeException', 'Request Too Long'),
  RESOURCE_NOT_FOUND: response(404, 'NotFoundException', 'Not Found'),
  THROTTLED: response(429, 'TooManyRequestsException', 'Too Many Requests'),
  UNAUTHORIZED: response(401, 'UnauthorizedException', 'Unauthorized'),
  UNSUPPORTED_MEDIA_TYPE: response(415, 'UnsupportedMediaTypeException', 'Unsupported Media Type', execution),
  WAF_FILTERED: response(403, 'ForbiddenException', 'Forbidden'),
  DEFAULT_4XX: response(400, 'BadRequestException', 'Bad Request'),
  DEFAULT_5XX: response(500, 'InternalServerErrorException', 'Internal server error', execution),
} as const satisfies Record<string, ResponseDefault>;

export type ResponseType = keyof typeof responseDefaults;

export function isResponseType(name: string): name is ResponseType {
  return Object.hasOwn(responseDefaults, name);
}

export interface FailureDetails {
  /** Where it is not the type's own, such as 502 for a malformed answer of a function. */
  readonly status?: number;
  readonly message?: string;
  /** `$context.error.validationErrorString`. */
  readonly validationError?: string;
}

/** Ends a request with a gateway response. `cause` is for the access log only and never reaches the client. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';
  readonly type: ResponseType;
  readonly status: number;
  readonly errorType: string;
  /** `$context.error.message`: the gateway's own words, or null where AWS has none. */
  readonly publicMessage: string | null;
  readonly body: string;
  readonly validationError: string | undefined;

  constructor(type: ResponseType, details: FailureDetails = {}, cause?: unknown) {
    const defaults = responseDefaults[type];
    super(details.message ?? defaults.message ?? type, { cause });
    this.type = type;
    this.status = details.status ?? defaults.status;
    this.errorType = defaults.errorType;
    this.publicMessage = details.message ?? defaults.message;
    this.body = defaults.body;
    this.validationError = details.validationError;
  }
}
