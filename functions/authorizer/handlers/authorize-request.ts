import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayAuthorizerWithContextResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { keysTableEnvironment, pepperEnvironment } from '../../keys/contract.ts';
import { createPepperStore, loggableKey } from '../../keys/index.ts';
import { tierLimitsEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { requestTimeouts } from '../../runtime/request-timeouts.ts';
import { refusedMessage } from '../../runtime/rules/refused-message.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { authorizeApiKey } from '../authorize-api-key.ts';
import type { AuthorizerContext } from '../contract.ts';
import { acceptance } from '../rules/acceptance.ts';
import { presentedKey } from '../rules/presented-key.ts';
import { createKeyReader } from '../stores/key-reader.ts';

const environment = parseEnvironment(
  z.object({ ...keysTableEnvironment.shape, ...pepperEnvironment.shape, ...tierLimitsEnvironment.shape }),
);
// The function has 5 s in all: a stuck connection is given up early enough to try another.
const requestHandler = requestTimeouts(1_500);
const dependencies = {
  keys: createKeyReader(new DynamoDBClient({ maxAttempts: 3, requestHandler }), environment.KEYS_TABLE),
  peppers: createPepperStore(
    new SecretsManagerClient({ maxAttempts: 3, requestHandler }),
    environment.PEPPER_SECRET_ARN,
  ),
};

/** API Gateway answers 401 for exactly this message and 5xx for any other error: never an accept. */
const unauthorized = 'Unauthorized';

/** REQUEST authorizer on `X-API-Key`. No middleware: nothing may stand in the hot path that does not decide. */
export async function handler(
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerWithContextResult<AuthorizerContext>> {
  const { requestId, requestTimeEpoch } = event.requestContext;
  const presented = presentedKey(event);
  const authorization = await authorizeApiKey(presented ?? '', Date.now(), dependencies).catch((error) => {
    logger.error('authorizer failed', { apiRequestId: requestId, ...describeError(error) });
    count(metricNames.authorizerFailures);
    throw new Error('the key could not be checked');
  });
  if (authorization.kind === 'refused') {
    const { reason, key } = authorization;
    logger.warn(refusedMessage, {
      apiRequestId: requestId,
      reason,
      key: loggableKey(presented ?? ''),
      // `aggregate-traffic` counts by these, and by the message.
      keyId: key?.keyId,
      subscriptionId: key?.subscriptionId,
      tier: key?.tier,
    });
    count(metricNames.authorizerRefusals, { reason });
    throw new Error(unauthorized);
  }
  const { key, version } = authorization;
  const limits = environment.TIER_LIMITS[key.tier];
  if (limits === undefined) {
    logger.error('unknown tier', { apiRequestId: requestId, keyId: key.keyId, tier: key.tier });
    count(metricNames.authorizerFailures);
    throw new Error('the key has an unknown tier');
  }
  return acceptance(event.methodArn, key, version, limits.requestsPerMonth, requestTimeEpoch);
}
