import { createHash } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { parseEnvironment } from '../../runtime/environment.ts';
import { corsHeaders, privateHeaders } from '../../runtime/http-headers.ts';
import { openApiEnvironment } from '../contract.ts';
import { describeApi } from '../document.ts';
import { maximumAge } from '../routes.ts';
import { isKnown } from '../rules/is-known.ts';

const environment = parseEnvironment(openApiEnvironment);
const installation = { server: environment.OPENAPI_SERVER, issuer: environment.OPENAPI_ISSUER };
const body = JSON.stringify(describeApi(environment.OPENAPI_PRODUCT, installation));
const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
const headers = {
  ...corsHeaders,
  'Access-Control-Expose-Headers': `${corsHeaders['Access-Control-Expose-Headers']}, ETag`,
  'X-Content-Type-Options': privateHeaders['X-Content-Type-Options'],
  'Cache-Control': `public, max-age=${maximumAge}`,
  ETag: etag,
};

/** `GET /openapi.json`: the same for everybody, or 304 to whoever has it. */
export const handler = async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> =>
  isKnown(etag, event.headers)
    ? { statusCode: 304, headers, body: '' }
    : { statusCode: 200, headers: { ...headers, 'Content-Type': 'application/json' }, body };
