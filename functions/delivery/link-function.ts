import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as zod from 'zod';
import * as z from 'zod/mini';
import { apiFunction, json, type Product, problem } from '../runtime/api-function.ts';
import { createSecretsManagerClient } from '../runtime/clients.ts';
import { productEnvironment } from '../runtime/contract.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import type { Act } from '../runtime/rules/change.ts';
import type { LinkAnswer } from './answers.ts';
import { claimEnvironment } from './contract.ts';
import { parseBody } from './request.ts';
import { type Claim, readClaimToken } from './rules/claim-token.ts';
import { createClaimSecret } from './stores/claim-secret.ts';

/** A request that a link authorizes, which names itself by its token. */
export interface LinkRequest<Body> {
  readonly claim: Claim;
  readonly body: Body;
  /** Of whoever has the link: nothing says who that is. */
  readonly act: Act;
  readonly event: APIGatewayProxyEvent;
  readonly product: Product;
}

/**
 * The shared stack of the functions that need a link and no sign-in: the body by its schema, and a token that is ours; anything
 * else is refused before the function does anything.
 */
export function linkFunction<S extends zod.ZodObject<{ token: zod.ZodString }>>(
  schema: S,
  handle: (request: LinkRequest<zod.output<S>>) => Promise<APIGatewayProxyResult>,
) {
  const environment = parseEnvironment(z.object({ ...claimEnvironment.shape, ...productEnvironment.shape }));
  const claimSecret = createClaimSecret(createSecretsManagerClient(), environment.CLAIM_SECRET_ARN);
  return apiFunction(environment, async (event) => {
    const parsed = parseBody(event, schema);
    if ('faults' in parsed) return problem('invalid-request', event, environment, { errors: parsed.faults });
    const body = parsed.request;
    const claim = readClaimToken((body as { readonly token: string }).token, await claimSecret());
    if (claim === undefined) return problem('link-not-valid', event, environment);
    const act: Act = {
      actor: { kind: 'owner', id: 'link' },
      requestId: event.requestContext.requestId,
      now: new Date(),
    };
    return handle({ claim, body, act, event, product: environment });
  });
}

/** The answer to what a link can ask for: the same whatever comes of it, for what is to be told goes to the owner's mailbox. */
export function understood(status: LinkAnswer['status']): APIGatewayProxyResult {
  return json(202, { status } satisfies LinkAnswer);
}
