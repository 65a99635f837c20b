import { z } from 'zod';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { database, rulesOf, type TableSchema, validations } from './dynalite.ts';

const streamViewTypes = ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY'] as const;
/** Which images of the item a stream's record carries beside its keys. */
export type StreamViewType = (typeof streamViewTypes)[number];

/** A table of the template, ready to be served. */
export interface Table {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly schema: TableSchema;
  /** Attribute with the time of expiry in epoch seconds; absent if the table has none. */
  readonly ttlAttribute?: string;
  readonly stream?: { readonly arn: string; readonly viewType: StreamViewType };
}

const KeySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const Properties = z.strictObject({
  TableName: z.string().optional(),
  KeySchema,
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema,
        Projection: z.strictObject({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
      }),
    )
    .optional(),
  TimeToLiveSpecification: z
    .strictObject({ AttributeName: z.string().optional(), Enabled: z.boolean() })
    .optional(),
  StreamSpecification: z.strictObject({ StreamViewType: z.enum(streamViewTypes) }).optional(),
});

/**
 * Reads an `AWS::DynamoDB::Table` of the template.
 * @throws Error naming logical id, type and property for all that the local DynamoDB does not support
 */
export function parseTable(resource: ResolvedResource, environment: LocalEnvironment): Table {
  const label = `${resource.logicalId} (${resource.type})`;
  if (resource.type !== 'AWS::DynamoDB::Table')
    throw new Error(`${label}: not supported by the local DynamoDB`);
  const parsed = Properties.safeParse(resource.properties);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${label}: ${describeIssue(issue)}`).join('\n'));
  }
  const {
    TableName,
    TimeToLiveSpecification: ttl,
    StreamSpecification,
    KeySchema,
    AttributeDefinitions,
  } = parsed.data;
  const indexes = parsed.data.GlobalSecondaryIndexes;
  const schema: TableSchema = {
    TableName: TableName ?? resource.ref,
    KeySchema,
    AttributeDefinitions,
    ...(indexes === undefined ? {} : { GlobalSecondaryIndexes: indexes }),
  };
  checkAsCreateTable(label, schema);
  if (ttl?.Enabled && ttl.AttributeName === undefined) {
    throw new Error(
      `${label}: property TimeToLiveSpecification.AttributeName is required when Enabled is true`,
    );
  }
  const { region, accountId } = environment;
  const arn =
    resource.attributes['Arn'] ?? `arn:aws:dynamodb:${region}:${accountId}:table/${schema.TableName}`;
  return {
    logicalId: resource.logicalId,
    name: schema.TableName,
    arn,
    schema,
    ...(StreamSpecification === undefined
      ? {}
      : { stream: { arn: streamArn(resource, label), viewType: StreamSpecification.StreamViewType } }),
    ...(ttl?.Enabled && ttl.AttributeName !== undefined ? { ttlAttribute: ttl.AttributeName } : {}),
  };
}

function streamArn({ attributes }: ResolvedResource, label: string): string {
  const arn = attributes['StreamArn'];
  if (arn === undefined) throw new Error(`${label}: has a StreamSpecification but no StreamArn`);
  return arn;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...issue.path, key].join('.'));
    return `property ${names.join(', ')} is not supported by the local DynamoDB`;
  }
  return `property ${issue.path.join('.')}: ${issue.message}`;
}

/** What CloudFormation would learn from CreateTable only after minutes: an index key without definition, and so on. */
function checkAsCreateTable(label: string, schema: TableSchema): void {
  const { types, custom } = rulesOf('createTable');
  try {
    const request = { ...structuredClone(schema), BillingMode: 'PAY_PER_REQUEST' };
    validations.checkValidations(validations.checkTypes(request, types), types, custom, {
      options: { maxItemSize: database.MAX_SIZE },
    });
  } catch (error) {
    throw new Error(`${label}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
