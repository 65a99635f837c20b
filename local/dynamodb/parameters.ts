import { validationError } from './service-errors.ts';

export type Parameters = Readonly<Record<string, unknown>>;

const expressions = ['ExpressionAttributeNames', 'ExpressionAttributeValues'] as const;
const condition = ['ConditionExpression', ...expressions, 'ReturnValuesOnConditionCheckFailure'] as const;
const write = [
  'TableName',
  'ReturnValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
  ...condition,
] as const;
const projection = ['ProjectionExpression', 'ExpressionAttributeNames'] as const;
const read = [
  'TableName',
  'IndexName',
  'ConsistentRead',
  'ExclusiveStartKey',
  'FilterExpression',
  'Limit',
  'ProjectionExpression',
  'ReturnConsumedCapacity',
  'Select',
  ...expressions,
] as const;

/**
 * The parameters that the local DynamoDB honours, by structure. Left out on purpose: the parameters from before
 * expressions (`Expected`, `AttributeUpdates`, `KeyConditions`, …), which DynamoDB keeps for old clients only.
 */
const supported = {
  GetItem: ['TableName', 'Key', 'ConsistentRead', 'ReturnConsumedCapacity', ...projection],
  PutItem: ['Item', ...write],
  UpdateItem: ['Key', 'UpdateExpression', ...write],
  DeleteItem: ['Key', ...write],
  Query: ['KeyConditionExpression', 'ScanIndexForward', ...read],
  Scan: ['Segment', 'TotalSegments', ...read],
  BatchGetItem: ['RequestItems', 'ReturnConsumedCapacity'],
  KeysAndAttributes: ['Keys', 'ConsistentRead', ...projection],
  BatchWriteItem: ['RequestItems', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics'],
  WriteRequest: ['PutRequest', 'DeleteRequest'],
  PutRequest: ['Item'],
  DeleteRequest: ['Key'],
  TransactWriteItems: ['TransactItems', 'ClientRequestToken', 'ReturnItemCollectionMetrics'],
  TransactWriteItem: ['Put', 'Update', 'Delete', 'ConditionCheck'],
  Put: ['TableName', 'Item', ...condition],
  Update: ['TableName', 'Key', 'UpdateExpression', ...condition],
  Delete: ['TableName', 'Key', ...condition],
  ConditionCheck: ['TableName', 'Key', ...condition],
  TransactGetItems: ['TransactItems'],
  TransactGetItem: ['Get'],
  Get: ['TableName', 'Key', ...projection],
  DescribeTable: ['TableName'],
  DescribeTimeToLive: ['TableName'],
  ListTables: ['ExclusiveStartTableName', 'Limit'],
} as const satisfies Record<string, readonly string[]>;

export type Structure = keyof typeof supported;

/**
 * @returns `value` as a structure that has nothing but supported members
 * @throws AwsError ValidationException naming every member that is not supported, or `path` if it is no structure
 */
export function structure(name: Structure, value: unknown, path: string = name): Parameters {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw validationError(`${path} must be a structure (${name})`);
  }
  const known: readonly string[] = supported[name];
  // A member set to null is one that was not sent.
  const present = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  const unknown = present.map(([member]) => member).filter((member) => !known.includes(member));
  if (unknown.length > 0)
    throw validationError(`${path}: not supported by the local DynamoDB: ${unknown.join(', ')}`);
  return Object.fromEntries(present);
}

/** @throws AwsError ValidationException if the member is absent or no text */
export function text(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value === 'string') return value;
  throw validationError(
    `1 validation error detected: Value null at '${lowerFirst(name)}' failed to satisfy constraint: Member must not be null`,
  );
}

/** @throws AwsError ValidationException unless the member is a list with 1 to `most` elements */
export function list(parameters: Parameters, name: string, most: number): readonly unknown[] {
  const value = parameters[name];
  const fault = !Array.isArray(value)
    ? 'Member must not be null'
    : value.length === 0
      ? 'Member must have length greater than or equal to 1'
      : value.length > most
        ? `Member must have length less than or equal to ${most}`
        : undefined;
  if (fault === undefined) return value as readonly unknown[];
  throw validationError(
    `1 validation error detected: Value at '${lowerFirst(name)}' failed to satisfy constraint: ${fault}`,
  );
}

/** Reads `ReturnValuesOnConditionCheckFailure`: whether the caller wants the item that failed its condition. */
export function wantsFailedItem(parameters: Parameters): boolean {
  const choice = parameters['ReturnValuesOnConditionCheckFailure'];
  if (choice === 'ALL_OLD') return true;
  if (choice === undefined || choice === 'NONE') return false;
  throw validationError(
    "1 validation error detected: Value at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]",
  );
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
