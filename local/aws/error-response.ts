import type { AwsError, AwsResponse } from './service.ts';

/** How a service writes its errors. */
export type ErrorProtocol = 'json' | 'rest-json' | 'query';

/**
 * JSON 1.0/1.1 requests name their operation in `X-Amz-Target`, query requests are forms, the rest is REST-JSON. So the
 * request itself tells the protocol, also for a service that the stack does not run.
 */
export function errorProtocolOf(headers: Readonly<Record<string, string>>): ErrorProtocol {
  if (headers['x-amz-target'] !== undefined) return 'json';
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ? 'query' : 'rest-json';
}

/** Shapes an error as the SDK clients of the protocol expect it. */
export function errorResponse(
  error: AwsError,
  headers: Readonly<Record<string, string>>,
  requestId: string,
): AwsResponse {
  switch (errorProtocolOf(headers)) {
    case 'json':
      return {
        status: error.status,
        headers: { 'content-type': headers['content-type'] ?? 'application/x-amz-json-1.1' },
        body: JSON.stringify({ __type: error.code, message: error.message, ...error.details }),
      };
    case 'rest-json':
      return {
        status: error.status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.code },
        body: JSON.stringify({ message: error.message, ...error.details }),
      };
    case 'query':
      return {
        status: error.status,
        headers: { 'content-type': 'text/xml' },
        body: `<ErrorResponse><Error><Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      };
  }
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
