import { z } from 'zod';
import { matchesWildcard } from '../aws/iam/wildcard.ts';
import { ofType, readProperties } from '../aws/properties.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { functionOf } from './function-property.ts';

/** Whether functions' own policies let a service invoke them in the name of one of its resources. */
export type MayInvoke = (functionArn: string, sourceArn: string) => boolean;

/**
 * Reads the `AWS::Lambda::Permission` resources of one service; those of other principals are none of its business.
 * @param principal such as `events.amazonaws.com`
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readPermissions(
  resources: readonly ResolvedResource[],
  environment: LocalEnvironment,
  principal: string,
): MayInvoke {
  const schema = z.strictObject({
    Action: z.enum(['lambda:InvokeFunction', 'lambda:*']),
    FunctionName: functionOf(environment),
    Principal: z.literal(principal),
    /** Pattern of ARNs; absent: any. */
    SourceArn: z.string().optional(),
    /** Whose resource it must be; absent: anybody's. */
    SourceAccount: z.string().optional(),
  });
  const permissions = ofType(resources, 'AWS::Lambda::Permission')
    .filter(({ properties }) => properties['Principal'] === principal)
    .map((resource) => readProperties(resource, schema));
  return (functionArn, sourceArn) =>
    permissions.some(
      ({ FunctionName, SourceArn, SourceAccount = environment.accountId }) =>
        FunctionName === functionArn &&
        SourceAccount === environment.accountId &&
        (SourceArn === undefined || matchesWildcard(SourceArn, sourceArn)),
    );
}
