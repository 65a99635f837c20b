import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import { readJsonBody } from '../runtime/json-body.ts';
import { dottedPath, type Fault, faultsOf } from '../runtime/rules/fault.ts';

/** The bodies of `POST /claims` and what belongs to it. Unknown fields are refused; no fault shows what was sent. */

export const exampleToken = '0AbCdEfGhIjK.2.1.T0k3nT0k3nT0k3nT0k3nT0k3nT0k3nT0k3nT0k3nT0k';
export const exampleNonce = 'q3Zt-7uWl_0aXc5VbN8mKe';

const token = z
  .string({ error: 'expected the part of the link behind the #' })
  .max(200, { error: 'is too long; expected the part of the link behind the #' })
  .meta({ description: 'The part of the link behind the `#`.', example: exampleToken });
const nonceShape = 'expected 22 to 128 letters, digits, - and _: random, and the same for every repetition';

const nonce = z.string({ error: nonceShape }).regex(/^[\w-]{22,128}$/, { error: nonceShape });

export const openClaimBody = z
  .strictObject({
    token,
    nonce: nonce.meta({
      description: 'Random, of your choice: whoever repeats it within ten minutes is shown the key again.',
      example: exampleNonce,
    }),
  })
  .meta({ id: 'OpenClaim', description: 'The link that is to be opened.' });
export const storeClaimBody = z
  .strictObject({
    token,
    nonce: nonce.meta({ description: 'That the link was opened with.', example: exampleNonce }),
  })
  .meta({ id: 'StoreClaim', description: 'The link whose key is stored.' });
export const linkBody = z
  .strictObject({ token })
  .meta({ id: 'LinkToken', description: 'The link that is meant.' });

const MAX_BODY = 2_048;

/** The body by its schema, or every fault in it. */
export function parseBody<S extends z.ZodObject>(
  { body, isBase64Encoded }: Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded'>,
  schema: S,
): { readonly request: z.output<S> } | { readonly faults: readonly Fault[] } {
  const fields = Object.keys(schema.shape).join(', ');
  const read = readJsonBody(body, isBase64Encoded, { maximum: MAX_BODY, fields });
  if ('fault' in read) return { faults: [{ path: 'body', detail: read.fault }] };
  const parsed = schema.safeParse(read.json);
  if (parsed.success) return { request: parsed.data };
  const unknownField = `is not a field of this request; expected only ${fields}`;
  return { faults: faultsOf(parsed.error.issues, dottedPath('body'), unknownField) };
}
