import { z } from 'zod';
import { describeResource, ofType, readProperties } from '../aws/properties.ts';
import { functionArn } from '../lambda/function-definition.ts';
import { functionOf, orIssue } from '../lambda/function-property.ts';
import { readPermissions } from '../lambda/permissions.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { compileFilterPattern } from './filter-pattern.ts';

/** A subscription filter of the template. */
export interface SubscriptionFilter {
  readonly name: string;
  /** `/latchkey/dev/api-access` */
  readonly logGroup: string;
  readonly functionArn: string;
  /** Whether the function's resource-based policy lets the log group invoke it. */
  readonly permitted: boolean;
  /** Whether a line, parsed, is handed over. */
  accepts(line: unknown): boolean;
}

/** CloudWatch's limit for one log group. */
const mostFilters = 2;

/**
 * Reads the `AWS::Logs::SubscriptionFilter` resources and the `AWS::Lambda::Permission` ones that are for CloudWatch Logs.
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readFilters(
  resources: readonly ResolvedResource[],
  environment: LocalEnvironment,
): SubscriptionFilter[] {
  const { region, accountId } = environment;
  const mayInvoke = readPermissions(resources, environment, 'logs.amazonaws.com');
  const functions = ofType(resources, 'AWS::Lambda::Function').map(({ ref }) =>
    functionArn(environment, ref),
  );
  const perGroup = new Map<string, number>();
  return ofType(resources, 'AWS::Logs::SubscriptionFilter').map((resource) => {
    const properties = readProperties(resource, filterSchema(environment));
    const { LogGroupName: logGroup, DestinationArn, FilterPattern: accepts } = properties;
    const where = describeResource(resource);
    if (!functions.includes(DestinationArn)) {
      throw new Error(`${where}: DestinationArn: ${DestinationArn} is no function of the template`);
    }
    const count = (perGroup.get(logGroup) ?? 0) + 1;
    if (count > mostFilters) {
      throw new Error(`${where}: LogGroupName: ${logGroup} has ${mostFilters} subscription filters already`);
    }
    perGroup.set(logGroup, count);
    const source = `arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:*`;
    return {
      name: resource.ref,
      logGroup,
      functionArn: DestinationArn,
      permitted: mayInvoke(DestinationArn, source),
      accepts,
    };
  });
}

const filterSchema = (environment: LocalEnvironment) =>
  z.strictObject({
    FilterName: z.string().optional(),
    LogGroupName: z.string(),
    DestinationArn: z.string().startsWith('arn:').pipe(functionOf(environment)),
    FilterPattern: z.string().transform(orIssue(compileFilterPattern)),
  });
