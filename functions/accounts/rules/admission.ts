import type { APIGatewayAuthorizerWithContextResult } from 'aws-lambda';
import type { AccountContext } from '../contract.ts';

/** What the gateway's own answer to a denied sign-in adds to its text. */
export interface DenialContext {
  readonly hint: string;
}

/** The account's routes and no others are allowed: whatever else the stage has is not for sign-ins. */
export function admission(
  methodArn: string,
  account: AccountContext,
): APIGatewayAuthorizerWithContextResult<AccountContext> {
  return answer('Allow', methodArn, account.subscriptionId, account);
}

/** The token is right, and yet nothing is permitted. */
export function denial(
  methodArn: string,
  hint: string,
): APIGatewayAuthorizerWithContextResult<{ hint: string }> {
  return answer('Deny', methodArn, 'nobody', { hint });
}

function answer<
  C extends APIGatewayAuthorizerWithContextResult<never>['context'] | AccountContext | { hint: string },
>(effect: 'Allow' | 'Deny', methodArn: string, principalId: string, context: C) {
  const [api, stage] = methodArn.split('/');
  const routes = [`${api}/${stage}/*/account`, `${api}/${stage}/*/account/*`];
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: routes }],
    },
    context,
  };
}
