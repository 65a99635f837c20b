import { z } from 'zod';
import { functionOf } from '../../lambda/function-property.ts';
import { readPermissions } from '../../lambda/permissions.ts';
import type { LocalEnvironment, ResolvedResource } from '../../model.ts';
import { ofType, readProperties } from '../properties.ts';

export interface Topic {
  readonly arn: string;
  /** Id, ARN or alias of its KMS key. */
  readonly kmsKeyId: string | undefined;
  /** Functions that are subscribed; mailboxes have no effect. */
  readonly subscriptions: readonly Subscription[];
}

export interface Subscription {
  readonly arn: string;
  readonly functionArn: string;
  /** Whether the function's resource-based policy lets the topic invoke it. */
  readonly permitted: boolean;
}

const topicSchema = z.strictObject({
  TopicName: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
});

const policySchema = z.strictObject({
  Topics: z.array(z.string()).min(1),
  /** Read where it is asked: see `readServiceAccess`. */
  PolicyDocument: z.unknown(),
});

const subscriptionSchema = (environment: LocalEnvironment) =>
  z.discriminatedUnion('Protocol', [
    z.strictObject({
      Protocol: z.literal('lambda'),
      TopicArn: z.string(),
      Endpoint: z.string().startsWith('arn:').pipe(functionOf(environment)),
    }),
    z.strictObject({ Protocol: z.literal('email'), TopicArn: z.string(), Endpoint: z.string() }),
  ]);

/**
 * Reads `AWS::SNS::Topic`, `TopicPolicy`, `Subscription` and the `AWS::Lambda::Permission` resources that are for SNS.
 * @returns topics by ARN
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readTopics(
  resources: readonly ResolvedResource[],
  environment: LocalEnvironment,
): ReadonlyMap<string, Topic> {
  const mayInvoke = readPermissions(resources, environment, 'sns.amazonaws.com');
  for (const policy of ofType(resources, 'AWS::SNS::TopicPolicy')) readProperties(policy, policySchema);
  const subscriptions = ofType(resources, 'AWS::SNS::Subscription').flatMap((resource) => {
    const properties = readProperties(resource, subscriptionSchema(environment));
    if (properties.Protocol === 'email') return [];
    const { TopicArn, Endpoint } = properties;
    const permitted = mayInvoke(Endpoint, TopicArn);
    return [{ topicArn: TopicArn, arn: resource.ref, functionArn: Endpoint, permitted }];
  });
  return new Map(
    ofType(resources, 'AWS::SNS::Topic').map((resource) => {
      const arn = resource.ref;
      const { KmsMasterKeyId } = readProperties(resource, topicSchema);
      const own = subscriptions.filter(({ topicArn }) => topicArn === arn);
      return [arn, { arn, kmsKeyId: KmsMasterKeyId, subscriptions: own }];
    }),
  );
}
