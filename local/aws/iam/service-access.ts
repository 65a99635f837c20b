import type { ResolvedResource } from '../../model.ts';
import { describeResource, ofType } from '../properties.ts';
import type { ConditionContext } from '../service.ts';
import { parsePolicy, type Statement } from './policy-document.ts';
import { arnOf } from './roles.ts';

/** Whether the resource's own policy lets an AWS service do something with it by itself, as SES publishes to a topic. */
export type ServiceAccess = (
  service: string,
  action: string,
  resourceArn: string,
  context?: ConditionContext,
) => boolean;

/** Reads the policies of KMS keys and SNS topics; for a service, nothing else allows anything. */
export function readServiceAccess(resources: readonly ResolvedResource[]): ServiceAccess {
  const policies = new Map<string, Statement[]>();
  for (const key of ofType(resources, 'AWS::KMS::Key')) {
    const { KeyPolicy } = key.properties;
    if (KeyPolicy === undefined) continue;
    policies.set(arnOf(key), parsePolicy(KeyPolicy, `${describeResource(key)}, key policy`, 'resource'));
  }
  for (const policy of ofType(resources, 'AWS::SNS::TopicPolicy')) {
    const { Topics, PolicyDocument } = policy.properties;
    const statements = parsePolicy(PolicyDocument, describeResource(policy), 'resource');
    for (const topic of [Topics].flat()) policies.set(String(topic), statements);
  }
  return (service, action, resourceArn, context = {}) => {
    const matching = (policies.get(resourceArn) ?? []).filter((statement) =>
      statement.matchesService(service, action, resourceArn, context),
    );
    return (
      matching.some(({ effect }) => effect === 'Allow') && !matching.some(({ effect }) => effect === 'Deny')
    );
  };
}
