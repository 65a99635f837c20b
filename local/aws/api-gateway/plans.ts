import { z } from 'zod';
import type { ResolvedResource } from '../../model.ts';
import { readProperties } from '../properties.ts';

/** A usage plan of the template. */
export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly stages: readonly { readonly ApiId: string; readonly Stage: string }[];
  readonly quota: { readonly Limit: number; readonly Period: 'DAY' | 'WEEK' | 'MONTH' } | undefined;
  readonly throttle:
    | { readonly RateLimit?: number | undefined; readonly BurstLimit?: number | undefined }
    | undefined;
}

const throttle = z.strictObject({ RateLimit: z.number().optional(), BurstLimit: z.int().optional() });

/** AWS::ApiGateway::UsagePlan; a quota from an offset is not counted here. */
const planSchema = z.strictObject({
  UsagePlanName: z.string().optional(),
  Description: z.string().optional(),
  ApiStages: z
    .array(z.strictObject({ ApiId: z.string(), Stage: z.string(), Throttle: z.unknown().optional() }))
    .default([]),
  Quota: z
    .strictObject({
      Limit: z.int(),
      Period: z.enum(['DAY', 'WEEK', 'MONTH']),
      Offset: z.literal(0).optional(),
    })
    .optional(),
  Throttle: throttle.optional(),
  Tags: z.array(z.unknown()).optional(),
});

export function readPlan(resource: ResolvedResource): UsagePlan {
  const properties = readProperties(resource, planSchema);
  return {
    id: resource.ref,
    name: properties.UsagePlanName ?? resource.logicalId,
    description: properties.Description,
    stages: properties.ApiStages.map(({ ApiId, Stage }) => ({ ApiId, Stage })),
    quota: properties.Quota,
    throttle: properties.Throttle,
  };
}

/** Whether a stage of an API belongs to both plans: a key may be in only one of two such plans. */
export function shareStage(a: UsagePlan, b: UsagePlan): boolean {
  return a.stages.some((one) =>
    b.stages.some((other) => one.ApiId === other.ApiId && one.Stage === other.Stage),
  );
}
