import { z } from 'zod';
import { describeResource, ofType, readProperties } from '../aws/properties.ts';
import { functionArn } from '../lambda/function-definition.ts';
import { functionOf, orIssue } from '../lambda/function-property.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { compilePattern } from './filter-pattern.ts';
import type { LambdaRecord } from './lambda-record.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** An event source mapping of the template. */
export interface Mapping {
  readonly logicalId: string;
  readonly enabled: boolean;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly batchSize: number;
  /** How many batches at a time, each of partition keys of its own. */
  readonly lanes: number;
  readonly reportsItemFailures: boolean;
  readonly retries: RetryPolicy;
  /** Whether the filters let a record through. */
  accepts(record: LambdaRecord): boolean;
}

const mostFilters = 10;

/**
 * Reads the `AWS::Lambda::EventSourceMapping` resources.
 * @param hasStream whether a table of the template has the stream
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readMappings(
  resources: readonly ResolvedResource[],
  environment: LocalEnvironment,
  hasStream: (arn: string) => boolean,
): Mapping[] {
  const roles = new Map(
    ofType(resources, 'AWS::Lambda::Function').map(({ ref, properties }) => [
      functionArn(environment, ref),
      String(properties['Role']),
    ]),
  );
  return ofType(resources, 'AWS::Lambda::EventSourceMapping').map((resource): Mapping => {
    const properties = readProperties(resource, mappingSchema(environment));
    const { EventSourceArn: streamArn, FunctionName, MaximumRecordAgeInSeconds: seconds } = properties;
    const { Filters: filters = [] } = properties.FilterCriteria ?? {};
    const where = describeResource(resource);
    if (!hasStream(streamArn)) {
      throw new Error(`${where}: EventSourceArn: no table of the template has the stream ${streamArn}`);
    }
    const roleArn = roles.get(FunctionName);
    if (roleArn === undefined) {
      throw new Error(`${where}: FunctionName: ${FunctionName} is no function of the template`);
    }
    return {
      logicalId: resource.logicalId,
      enabled: properties.Enabled,
      streamArn,
      functionArn: FunctionName,
      roleArn,
      startingPosition: properties.StartingPosition,
      batchSize: properties.BatchSize,
      lanes: properties.ParallelizationFactor,
      reportsItemFailures: properties.FunctionResponseTypes.length > 0,
      retries: {
        bisects: properties.BisectBatchOnFunctionError,
        maximumRetries: orEndless(properties.MaximumRetryAttempts),
        maximumAgeMilliseconds: orEndless(seconds) * 1000,
      },
      accepts: (record) => filters.length === 0 || filters.some(({ Pattern }) => Pattern(record)),
    };
  });
}

/** -1 stands for "until the records expire". */
function orEndless(limit: number): number {
  return limit === -1 ? Number.POSITIVE_INFINITY : limit;
}

const mappingSchema = (environment: LocalEnvironment) =>
  z.strictObject({
    EventSourceArn: z.string(),
    FunctionName: functionOf(environment),
    StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
    Enabled: z.boolean().default(true),
    BatchSize: z.int().min(1).max(10_000).default(100),
    ParallelizationFactor: z.int().min(1).max(10).default(1),
    FilterCriteria: z
      .strictObject({
        Filters: z
          .array(z.strictObject({ Pattern: z.string().transform(orIssue(compilePattern)) }))
          .max(mostFilters)
          .optional(),
      })
      .optional(),
    BisectBatchOnFunctionError: z.boolean().default(false),
    FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).max(1).default([]),
    MaximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
    MaximumRecordAgeInSeconds: z.union([z.literal(-1), z.int().min(60).max(604_800)]).default(-1),
  });
