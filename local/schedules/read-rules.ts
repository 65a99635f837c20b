import { z } from 'zod';
import { ofType, readProperties } from '../aws/properties.ts';
import { functionOf, orIssue } from '../lambda/function-property.ts';
import { type MayInvoke, readPermissions } from '../lambda/permissions.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { parseSchedule } from './parse-schedule.ts';
import type { Schedule } from './schedule.ts';

/** A scheduled rule of the template. */
export interface Rule {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly enabled: boolean;
  /** The schedule of the rule if it exists since that time. */
  readonly schedule: (since: number) => Schedule;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly id: string;
  readonly functionArn: string;
  /** The constant payload; undefined: EventBridge's own event. */
  readonly input: { readonly payload: unknown } | undefined;
  /** Whether the function's resource-based policy lets the rule invoke it. */
  readonly permitted: boolean;
}

/**
 * Reads the `AWS::Events::Rule` resources and the `AWS::Lambda::Permission` ones that are for EventBridge.
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readRules(resources: readonly ResolvedResource[], environment: LocalEnvironment): Rule[] {
  const mayInvoke = readPermissions(resources, environment, 'events.amazonaws.com');
  return ofType(resources, 'AWS::Events::Rule').map((resource) => readRule(resource, mayInvoke, environment));
}

function readRule(resource: ResolvedResource, mayInvoke: MayInvoke, environment: LocalEnvironment): Rule {
  const properties = readProperties(resource, ruleSchema(environment));
  const { region, accountId } = environment;
  const arn = resource.attributes['Arn'] ?? `arn:aws:events:${region}:${accountId}:rule/${resource.ref}`;
  return {
    logicalId: resource.logicalId,
    name: resource.ref,
    arn,
    expression: properties.ScheduleExpression.text,
    enabled: properties.State === 'ENABLED',
    schedule: properties.ScheduleExpression.schedule,
    targets: properties.Targets.map(({ Id, Arn, Input }) => ({
      id: Id,
      functionArn: Arn,
      input: Input,
      permitted: mayInvoke(Arn, arn),
    })),
  };
}

const ruleSchema = (environment: LocalEnvironment) =>
  z.strictObject({
    Name: z.string().optional(),
    ScheduleExpression: z.string().transform(orIssue((text) => ({ text, schedule: parseSchedule(text) }))),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Targets: z
      .array(
        z.strictObject({
          Id: z.string(),
          Arn: z.string().startsWith('arn:').pipe(functionOf(environment)),
          Input: z
            .string()
            .transform(orIssue((json) => ({ payload: JSON.parse(json) as unknown })))
            .optional(),
        }),
      )
      .default([]),
  });
