import * as z from 'zod/mini';
import { handoverEnvironment } from '../../keys/contract.ts';
import { composeTimedKeys, createHandoverBox } from '../../keys/index.ts';
import { apiFunction, json, problem } from '../../runtime/api-function.ts';
import { createKmsClient, createSecretsManagerClient } from '../../runtime/clients.ts';
import { productEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import type { ProblemName } from '../../runtime/problems.ts';
import { logger } from '../../runtime/telemetry.ts';
import { claimEnvironment } from '../contract.ts';
import { type ClaimRefusal, openClaim } from '../open-claim.ts';
import { openClaimBody, parseBody } from '../request.ts';
import { readClaimToken } from '../rules/claim-token.ts';
import { createClaimSecret } from '../stores/claim-secret.ts';

const environment = parseEnvironment(
  z.object({ ...claimEnvironment.shape, ...handoverEnvironment.shape, ...productEnvironment.shape }),
);
const claimSecret = createClaimSecret(createSecretsManagerClient(), environment.CLAIM_SECRET_ARN);
const dependencies = {
  ...composeTimedKeys(),
  handovers: createHandoverBox(createKmsClient(), environment.HANDOVER_KEY_ARN),
};

const problems: Record<ClaimRefusal['kind'], ProblemName> = {
  opened: 'link-used',
  expired: 'link-expired',
  replaced: 'link-replaced',
  revoked: 'link-of-revoked-key',
};

/** `POST /claims`: `{ token, nonce }` -> the key, once. */
export const handler = apiFunction(environment, async (event) => {
  const parsed = parseBody(event, openClaimBody);
  if ('faults' in parsed) return problem('invalid-request', event, environment, { errors: parsed.faults });
  const { token, nonce } = parsed.request;
  const claim = readClaimToken(token, await claimSecret());
  if (claim === undefined) return problem('link-not-valid', event, environment);
  const outcome = await openClaim(
    { claim, nonce },
    {
      actor: { kind: 'owner', id: 'link' },
      requestId: event.requestContext.requestId,
      now: new Date(),
    },
    dependencies,
  );
  const { keyId, version } = claim;
  if ('opened' in outcome) {
    logger.info('claimed', { keyId, version });
    return json(200, outcome.opened);
  }
  const { kind, ...when } = outcome.refused;
  logger.info('claim refused', { keyId, version, reason: kind });
  return problem(problems[kind], event, environment, { reason: kind, ...when });
});
