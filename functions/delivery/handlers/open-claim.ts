import { handoverEnvironment } from '../../keys/contract.ts';
import { composeTimedKeys, createHandoverBox } from '../../keys/index.ts';
import { json, problem } from '../../runtime/api-function.ts';
import { createKmsClient } from '../../runtime/clients.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import type { ProblemName } from '../../runtime/problems.ts';
import { logger } from '../../runtime/telemetry.ts';
import { linkFunction } from '../link-function.ts';
import { type ClaimRefusal, openClaim } from '../open-claim.ts';
import { openClaimBody } from '../request.ts';

const { HANDOVER_KEY_ARN } = parseEnvironment(handoverEnvironment);
const dependencies = {
  ...composeTimedKeys(),
  handovers: createHandoverBox(createKmsClient(), HANDOVER_KEY_ARN),
};

const problems: Record<ClaimRefusal['kind'], ProblemName> = {
  opened: 'link-used',
  expired: 'link-expired',
  replaced: 'link-replaced',
  revoked: 'link-of-revoked-key',
};

/** `POST /claims`: `{ token, nonce }` -> the key, once. */
export const handler = linkFunction(openClaimBody, async ({ claim, body, act, event, product }) => {
  const outcome = await openClaim({ claim, nonce: body.nonce }, act, dependencies);
  const { keyId, version } = claim;
  if ('opened' in outcome) {
    logger.info('claimed', { keyId, version });
    return json(200, outcome.opened);
  }
  const { kind, ...when } = outcome.refused;
  logger.info('claim refused', { keyId, version, reason: kind });
  return problem(problems[kind], event, product, { reason: kind, ...when });
});
