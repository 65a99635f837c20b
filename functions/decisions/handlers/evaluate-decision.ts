import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import * as z from 'zod/mini';
import { apiFunction, json, problem } from '../../runtime/api-function.ts';
import { productEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { createFreshConnections } from '../../runtime/fresh-connections.ts';
import { requestTimeouts } from '../../runtime/request-timeouts.ts';
import { logger } from '../../runtime/telemetry.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { callerOf, createMeter, meterRequest } from '../../usage/index.ts';
import policyTable from '../policy.json' with { type: 'json' };
import { parseDecisionRequest } from '../request.ts';
import { createDecision } from '../rules/create-decision.ts';
import { decide } from '../rules/decide.ts';
import type { Decision } from '../rules/decision.ts';
import { parsePolicy } from '../rules/policy.ts';

const environment = parseEnvironment(
  z.object({ ...usageTableEnvironment.shape, ...productEnvironment.shape }),
);
const policy = parsePolicy(policyTable);
// One attempt: the SDK would repeat a write whose outcome is unknown. The meter repeats what may be repeated.
const connections = createFreshConnections(2_000);
const client = new DynamoDBClient({
  maxAttempts: 1,
  requestHandler: { ...requestTimeouts(3_000), ...connections.agents },
});
const meter = createMeter(client, environment.USAGE_TABLE, connections.freshen);

/** `POST /decisions/evaluate` */
export const handler = apiFunction(
  environment,
  async (event) => {
    const parsed = parseDecisionRequest(event.body, event.isBase64Encoded, event.queryStringParameters);
    if (!parsed.ok) return problem('invalid-request', event, environment, { errors: parsed.faults });
    const { request, explain } = parsed;
    const now = new Date(event.requestContext.requestTimeEpoch);
    const decision = createDecision(policy, request, { now, id: `DEC_${ulid(now.getTime())}`, explain });
    if (decide(policy, request).logged) logDecision(decision, callerOf(event).keyId);
    return json(200, decision);
  },
  meterRequest(meter, environment),
);

/** The description is the caller's own text and stays out of the log. */
function logDecision({ description: _, ...decision }: Decision, keyId: string): void {
  logger.info('decision', { decision, keyId });
}
