import type { ResolvedResource } from '../../model.ts';
import { describeResource, ofType } from '../properties.ts';
import type { ConditionContext } from '../service.ts';
import { parsePolicy, type Statement } from './policy-document.ts';
import { arnOf } from './roles.ts';

/** What a KMS key's own policy says about a request. */
export interface KeyPolicyVerdict {
  readonly denied: boolean;
  /** It names the caller (or everybody): no identity policy is needed. */
  readonly allowed: boolean;
  /** It names the account: identity policies decide. */
  readonly delegated: boolean;
}

export type KeyPolicy = (
  principalArns: readonly string[],
  action: string,
  context: ConditionContext,
) => KeyPolicyVerdict;

/**
 * The policies of the template's KMS keys by key ARN. CDK puts some grants there and nowhere else, such as a function's
 * `kms:Decrypt` by way of Secrets Manager.
 */
export function readKeyPolicies(
  resources: readonly ResolvedResource[],
  accountId: string,
): Map<string, KeyPolicy> {
  const keys = ofType(resources, 'AWS::KMS::Key').filter((key) => key.properties['KeyPolicy'] !== undefined);
  return new Map(
    keys.map((key) => {
      const arn = arnOf(key);
      const where = `${describeResource(key)}, key policy`;
      return [arn, keyPolicy(parsePolicy(key.properties['KeyPolicy'], where, 'resource'), arn, accountId)];
    }),
  );
}

function keyPolicy(statements: readonly Statement[], keyArn: string, accountId: string): KeyPolicy {
  const account = [accountId, `arn:aws:iam::${accountId}:root`];
  return (principalArns, action, context) => {
    const matching = statements.filter((statement) => statement.matches(action, keyArn, context));
    const allowing = matching.filter((statement) => statement.effect === 'Allow');
    const names = (statement: Statement, ids: readonly string[]) =>
      statement.principals.some((principal) => ids.includes(principal));
    return {
      denied: matching.some(
        (one) => one.effect === 'Deny' && names(one, [...principalArns, ...account, '*']),
      ),
      allowed: allowing.some((one) => names(one, [...principalArns, '*'])),
      delegated: allowing.some((one) => names(one, account)),
    };
  };
}
