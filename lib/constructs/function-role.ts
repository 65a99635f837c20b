import {
  type AddToPrincipalPolicyResult,
  PolicyDocument,
  type PolicyStatement,
  Role,
  type RoleProps,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A role that holds what it may do itself, as its one inline policy `Permissions`, where the CDK's own would have a policy
 * resource beside it: a template holds 500 resources at most. Who waits for the role so waits for its permissions.
 *
 * A statement must not name what waits for the role, or both wait in a circle: such a right is a policy of its own. IAM
 * allows 10,240 characters in all inline policies of a role together; nothing is split off here.
 */
export class FunctionRole extends Role {
  readonly #permissions: PolicyDocument;

  constructor(scope: Construct, id: string, props: Omit<RoleProps, 'inlinePolicies'>) {
    const permissions = new PolicyDocument();
    super(scope, id, { ...props, inlinePolicies: { Permissions: permissions } });
    this.#permissions = permissions;
  }

  /** Takes statements, every grant's too, until synthesis, which writes them down. */
  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.#permissions.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
