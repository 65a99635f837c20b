import type { APIGatewayAuthorizerWithContextResult } from 'aws-lambda';
import type { KeyItem } from '../../keys/rules/index.ts';
import { periodOf, rateLimit, rateLimitPolicy, secondsToReset } from '../../usage/rules/index.ts';
import type { AuthorizerContext } from '../contract.ts';

/**
 * What the authorizer answers for an accepted key: the whole stage is allowed, for API Gateway's cache key knows neither
 * method nor path; the subscription's usage key meters the request.
 * @param at the request's own time, epoch milliseconds
 */
export function acceptance(
  methodArn: string,
  key: Pick<KeyItem, 'keyId' | 'subscriptionId' | 'tier' | 'usageKey'>,
  version: number,
  requestsPerMonth: number,
  at: number,
): APIGatewayAuthorizerWithContextResult<AuthorizerContext> {
  const period = periodOf(at);
  return {
    principalId: key.keyId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: stageArn(methodArn) }],
    },
    context: {
      keyId: key.keyId,
      subscriptionId: key.subscriptionId,
      tier: key.tier,
      secretVersion: String(version),
      requestsPerMonth: String(requestsPerMonth),
      rateLimitPolicy: rateLimitPolicy(requestsPerMonth, period),
      rateLimitExhausted: rateLimit(0, period, at),
      secondsToReset: String(secondsToReset(period, at)),
    },
    usageIdentifierKey: key.usageKey,
  };
}

/** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/GET/usage` -> `arn:.../<stage>/*` */
function stageArn(methodArn: string): string {
  const [api, stage] = methodArn.split('/');
  return `${api}/${stage}/*`;
}
