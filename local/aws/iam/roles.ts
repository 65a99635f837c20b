import type { ResolvedResource } from '../../model.ts';
import { describeResource, ofType, readProperties } from '../properties.ts';
import { awsManagedPolicies, awsManagedPolicyName } from './aws-managed-policies.ts';
import { parsePolicy, type Statement } from './policy-document.ts';
import { inlinePolicySchema, managedPolicySchema, roleSchema } from './schemas.ts';

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly statements: readonly Statement[];
}

export interface ManagedPolicy {
  readonly arn: string;
  /** Names of the roles that it attaches itself to. */
  readonly roles: readonly string[];
  readonly statements: readonly Statement[];
}

/** The template's own managed policies by ARN. */
export function readManagedPolicies(resources: readonly ResolvedResource[]): Map<string, ManagedPolicy> {
  const policies = ofType(resources, 'AWS::IAM::ManagedPolicy').map((resource): ManagedPolicy => {
    const { Roles, PolicyDocument } = readProperties(resource, managedPolicySchema);
    const statements = parsePolicy(PolicyDocument, describeResource(resource), 'identity');
    return { arn: resource.ref, roles: Roles, statements };
  });
  return new Map(policies.map((policy) => [policy.arn, policy]));
}

/**
 * Every role that Lambda may assume, with all that its inline, attached and managed policies say. A role of another
 * service (of a backup plan, a trail) has nobody on a laptop who could act in it; its policies are not read.
 */
export function readRoles(
  resources: readonly ResolvedResource[],
  managed: ReadonlyMap<string, ManagedPolicy>,
): Role[] {
  const attached = ofType(resources, 'AWS::IAM::Policy').map((resource) => ({
    ...readProperties(resource, inlinePolicySchema),
    where: describeResource(resource),
  }));
  const all = ofType(resources, 'AWS::IAM::Role');
  checkAttachments(
    [...attached.map(({ Roles }) => Roles), ...[...managed.values()].map(({ roles }) => roles)],
    all,
  );

  return all.flatMap((resource): Role[] => {
    const properties = readProperties(resource, roleSchema);
    const where = describeResource(resource);
    const trust = parsePolicy(properties.AssumeRolePolicyDocument, `${where}, trust policy`, 'resource');
    if (!trustsLambda(trust)) return [];
    const name = resource.ref;
    const statements = [
      ...properties.Policies.flatMap((policy) =>
        parsePolicy(policy.PolicyDocument, `${where}, policy "${policy.PolicyName}"`, 'identity'),
      ),
      ...attached
        .filter(({ Roles }) => Roles.includes(name))
        .flatMap((policy) => parsePolicy(policy.PolicyDocument, policy.where, 'identity')),
      ...[...managed.values()]
        .filter(({ roles }) => roles.includes(name))
        .flatMap((policy) => policy.statements),
      ...properties.ManagedPolicyArns.flatMap((arn) => statementsOf(arn, managed, where)),
    ];
    return [{ name, arn: arnOf(resource), statements }];
  });
}

export function arnOf(resource: ResolvedResource): string {
  const arn = resource.attributes['Arn'];
  if (arn === undefined) throw new Error(`${describeResource(resource)} has no Arn`);
  return arn;
}

function trustsLambda(trust: readonly Statement[]): boolean {
  return trust.some(
    ({ effect, servicePrincipals }) =>
      effect === 'Allow' && servicePrincipals.includes('lambda.amazonaws.com'),
  );
}

function checkAttachments(
  attachments: readonly (readonly string[])[],
  roles: readonly ResolvedResource[],
): void {
  const names = new Set(roles.map((role) => role.ref));
  const stray = attachments.flat().find((name) => !names.has(name));
  if (stray !== undefined) throw new Error(`a policy attaches itself to "${stray}", no role of the template`);
}

function statementsOf(
  arn: string,
  managed: ReadonlyMap<string, ManagedPolicy>,
  where: string,
): readonly Statement[] {
  const own = managed.get(arn);
  if (own !== undefined) return own.statements;
  const name = awsManagedPolicyName(arn);
  if (name !== undefined && Object.hasOwn(awsManagedPolicies, name)) return [];
  throw new Error(`${where}: the managed policy ${arn} is not supported by the local stack`);
}
