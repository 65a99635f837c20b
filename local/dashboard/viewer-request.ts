import { createContext, Script } from 'node:vm';

/** Which path a request is for, once the function has seen it. */
export type ViewerRequest = (request: { readonly method: string; readonly uri: string }) => Promise<string>;

/**
 * Runs a CloudFront function (`cloudfront-js-2.0`) of the template: plain JavaScript with one `handler`, which can reach
 * nothing outside of itself.
 * @param code undefined: requests are for what they name
 */
export function viewerRequest(code: string | undefined): ViewerRequest {
  if (code === undefined) return async ({ uri }) => uri;
  const sandbox = createContext(Object.create(null));
  new Script(code, { filename: 'cloudfront-function.js' }).runInContext(sandbox);
  const call = new Script('handler(JSON.parse(event))');
  return async ({ method, uri }) => {
    const event = {
      version: '1.0',
      context: { eventType: 'viewer-request' },
      viewer: { ip: '127.0.0.1' },
      request: { method, uri, querystring: {}, headers: {}, cookies: {} },
    };
    sandbox['event'] = JSON.stringify(event);
    const result: { uri?: unknown; statusCode?: unknown } = await call.runInContext(sandbox, {
      timeout: 1_000,
    });
    if (typeof result?.uri !== 'string') {
      throw new Error('a function that does not hand its request on is not supported by the local stack');
    }
    return result.uri;
  };
}
