import * as z from 'zod/mini';
import { json } from '../runtime/contract.ts';

const text = z.string().check(z.minLength(1));

/** What the API's description says about the product; where the API is reached, without a slash at the end. */
export const openApiEnvironment = z.object({
  OPENAPI_PRODUCT: json(
    z.object({
      name: text,
      company: text,
      documentationUrl: text,
      statusUrl: text,
      supportAddress: text,
    }),
  ),
  OPENAPI_SERVER: text,
  /** Whose tokens open accounts. */
  OPENAPI_ISSUER: text,
});
