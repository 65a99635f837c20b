import type { APIGatewayAuthorizerWithContextResult } from 'aws-lambda';
import type { AccountContext } from '../../runtime/contract.ts';

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

function answer<Context extends Record<string, string>>(
  effect: 'Allow' | 'Deny',
  methodArn: string,
  principalId: string,
  context: Context,
) {
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
