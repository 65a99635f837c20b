import * as z from 'zod/mini';
import { composeSealing } from '../keys/index.ts';
import { apiFunction, json, problem } from '../runtime/api-function.ts';
import { createSecretsManagerClient } from '../runtime/clients.ts';
import { productEnvironment } from '../runtime/contract.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import type { LinkAnswer } from './answers.ts';
import { claimEnvironment } from './contract.ts';
import type { ReplacementDependencies } from './dependencies.ts';
import { linkBody, parseBody } from './request.ts';
import { type Claim, readClaimToken } from './rules/claim-token.ts';
import { createClaimSecret } from './stores/claim-secret.ts';

/**
 * The functions that a link can ask for something without a sign-in. Whatever comes of it, the answer is the same: what
 * is to be told goes to the owner's mailbox.
 */
export function linkFunction(
  act: (
    claim: Claim,
    request: { readonly requestId: string; readonly now: Date },
    dependencies: ReplacementDependencies,
  ) => Promise<void>,
  status: LinkAnswer['status'],
) {
  const environment = parseEnvironment(z.object({ ...claimEnvironment.shape, ...productEnvironment.shape }));
  const claimSecret = createClaimSecret(createSecretsManagerClient(), environment.CLAIM_SECRET_ARN);
  const dependencies = composeSealing();
  return apiFunction(environment, async (event) => {
    const parsed = parseBody(event, linkBody);
    if ('faults' in parsed) return problem('invalid-request', event, environment, { errors: parsed.faults });
    const claim = readClaimToken(parsed.request.token, await claimSecret());
    if (claim === undefined) return problem('link-not-valid', event, environment);
    await act(claim, { requestId: event.requestContext.requestId, now: new Date() }, dependencies);
    return json(202, { status } satisfies LinkAnswer);
  });
}
