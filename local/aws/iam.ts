import { createHash } from 'node:crypto';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import type { AccessControl, Decision } from './access-control.ts';
import { readKeyPolicies } from './iam/key-policies.ts';
import type { Statement } from './iam/policy-document.ts';
import { type Role, readManagedPolicies, readRoles } from './iam/roles.ts';
import { describeResource, ofType } from './properties.ts';
import type { ConditionContext, Principal } from './service.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Iam extends AccessControl {
  /** Credentials of a role of the template, for the environment of its function. @throws Error unknown role */
  credentialsOf(roleArn: string): Credentials;
  /** Credentials of somebody who has just that managed policy of the template. @throws Error unknown policy */
  credentialsOfPolicy(managedPolicyArn: string): Credentials;
  isAllowed(principal: Principal, action: string, resource: string, context?: ConditionContext): boolean;
}

interface Holder {
  readonly principal: Principal;
  /** Under which a key policy may name the holder. */
  readonly arns: readonly string[];
  readonly statements: readonly Statement[];
}

/**
 * The IAM of a template, so that a function on the laptop can do no more than in the cloud.
 * @param resources of these types, others are passed over: AWS::IAM::Role, AWS::IAM::Policy, AWS::IAM::ManagedPolicy,
 *   AWS::KMS::Key (its policy), AWS::Lambda::Function (its role must trust Lambda)
 * @throws Error that names what is not evaluated here: a property, a condition, AWS's managed policies but a few
 */
export function createIam(resources: readonly ResolvedResource[], environment: LocalEnvironment): Iam {
  const { accountId } = environment;
  const managed = readManagedPolicies(resources);
  const roles = readRoles(resources, managed);
  const functions = ofType(resources, 'AWS::Lambda::Function');
  for (const lambda of functions) checkRole(lambda, roles);
  const keyPolicies = readKeyPolicies(resources, accountId);

  const holders = new Map<string, Holder>(); // by role or policy ARN
  for (const role of roles) {
    const arn = `arn:aws:sts::${accountId}:assumed-role/${role.name}/${sessionName(role, functions)}`;
    holders.set(role.arn, {
      principal: { kind: 'role', arn },
      arns: [role.arn, arn],
      statements: role.statements,
    });
  }
  for (const policy of managed.values()) {
    const arn = `arn:aws:iam::${accountId}:user/${policy.arn.split('/').at(-1)}`;
    holders.set(policy.arn, { principal: { kind: 'role', arn }, arns: [arn], statements: policy.statements });
  }
  const byAccessKeyId = new Map([...holders].map(([arn, holder]) => [accessKeyId(arn), holder.principal]));
  const byPrincipalArn = new Map([...holders.values()].map((holder) => [holder.principal.arn, holder]));
  const administrator: Principal = {
    kind: 'administrator',
    arn: `arn:aws:iam::${accountId}:user/administrator`,
  };

  const decide: AccessControl['decide'] = (principal, action, resource, context = {}) => {
    if (principal.kind === 'administrator') return { allowed: true };
    const holder = byPrincipalArn.get(principal.arn);
    if (holder === undefined) throw new Error(`unknown principal ${principal.arn}`);
    const full = {
      ...context,
      'aws:PrincipalArn': holder.arns[0] ?? '',
      'aws:PrincipalAccount': accountId,
      'kms:CallerAccount': accountId,
    };
    const matching = holder.statements.filter((statement) => statement.matches(action, resource, full));
    const identity = matching.some((statement) => statement.effect === 'Allow');
    if (matching.some((statement) => statement.effect === 'Deny')) return explicitly('an identity-based');

    const key = keyPolicies.get(resource)?.(holder.arns, action, full);
    if (key === undefined) return identity ? { allowed: true } : implicitly('identity-based', action);
    if (key.denied) return explicitly('a resource-based');
    if (key.allowed || (key.delegated && identity)) return { allowed: true };
    return implicitly(key.delegated ? 'identity-based' : 'resource-based', action);
  };
  const credentials = (arn: string, what: string): Credentials => {
    if (!holders.has(arn)) throw new Error(`${arn} is no ${what} of the template`);
    return { accessKeyId: accessKeyId(arn), secretAccessKey: digest(`secret ${arn}`).slice(0, 40) };
  };

  return {
    principalOf: (id) => byAccessKeyId.get(id) ?? administrator,
    decide,
    isAllowed: (...request) => decide(...request).allowed,
    credentialsOf: (roleArn) => credentials(roleArn, 'role'),
    credentialsOfPolicy: (policyArn) => credentials(policyArn, 'managed policy'),
  };
}

function implicitly(kind: string, action: string): Decision {
  return { allowed: false, reason: `because no ${kind} policy allows the ${action} action` };
}

function explicitly(kind: string): Decision {
  return { allowed: false, reason: `with an explicit deny in ${kind} policy` };
}

/** Derived from the ARN, so that it stays the same across restarts; `LKIA` tells it apart from AWS's `AKIA`. */
function accessKeyId(arn: string): string {
  return `LKIA${digest(arn).slice(0, 16).toUpperCase()}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Lambda names a role's session after the function. */
function sessionName(role: Role, functions: readonly ResolvedResource[]): string {
  return functions.find((lambda) => lambda.properties['Role'] === role.arn)?.ref ?? 'local';
}

/** In the cloud a function does not come into being with a role that Lambda may not assume. */
function checkRole(lambda: ResolvedResource, roles: readonly Role[]): void {
  if (roles.some((role) => role.arn === lambda.properties['Role'])) return;
  throw new Error(
    `${describeResource(lambda)}: its Role is no role of the template that trusts lambda.amazonaws.com`,
  );
}
