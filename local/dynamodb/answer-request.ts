import { crc32 } from 'node:zlib';
import { AwsError, type AwsRequest, type AwsResponse, type ConditionContext } from '../aws/service.ts';
import { describeTable, describeTimeToLive, listTables } from './describe-tables.ts';
import type { Access, Handler, Parts } from './operation.ts';
import type { Parameters } from './parameters.ts';
import { batchGetItem, getItem, search } from './read-items.ts';
import type { Table } from './table.ts';
import { transactGetItems, transactWriteItems } from './transact-items.ts';
import { batchWriteItem, writeItem } from './write-items.ts';

const handlers: Readonly<Record<string, Handler>> = {
  GetItem: getItem,
  PutItem: writeItem('PutItem'),
  UpdateItem: writeItem('UpdateItem'),
  DeleteItem: writeItem('DeleteItem'),
  Query: search('Query'),
  Scan: search('Scan'),
  BatchGetItem: batchGetItem,
  BatchWriteItem: batchWriteItem,
  TransactWriteItems: transactWriteItems,
  TransactGetItems: transactGetItems,
  DescribeTable: describeTable,
  DescribeTimeToLive: describeTimeToLive,
  ListTables: listTables,
};

/** Why an operation that the service has is missing here, where that is worth a word. */
const refusals: Readonly<Record<string, string>> = {
  CreateTable: 'tables come from the template',
  UpdateTable: 'tables come from the template',
  DeleteTable: 'tables come from the template',
  UpdateTimeToLive: 'the time to live comes from the template',
};

const target = /^DynamoDB_20120810\.(\w+)$/;

/** One request of the JSON 1.0 protocol; errors become answers here, in one place. */
export async function answerRequest(parts: Parts, request: AwsRequest): Promise<AwsResponse> {
  try {
    const handler = handlerFor(request);
    return respond(200, await handler(parts, parseBody(request.body), accessOf(parts, request)), request);
  } catch (error) {
    return respond(...errorBody(error), request);
  }
}

function handlerFor(request: AwsRequest): Handler {
  const operation = target.exec(request.headers['x-amz-target'] ?? '')?.[1] ?? '';
  const handler = Object.hasOwn(handlers, operation) ? handlers[operation] : undefined;
  if (handler !== undefined) return handler;
  const reason = Object.hasOwn(refusals, operation) ? `: ${refusals[operation]}` : '';
  throw new AwsError(
    'UnknownOperationException',
    `Operation ${operation || '(none)'} is not supported by the local DynamoDB${reason}`,
  );
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw Object.assign(new AwsError('SerializationException', 'The request body is not JSON'), { cause });
  }
}

function accessOf({ store, tables, environment }: Parts, request: AwsRequest): Access {
  const { region, accountId } = environment;
  return {
    toTable(action, name, { index, item } = {}) {
      const known = tables.find((table) => table.name === name);
      const arn = known?.arn ?? `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
      request.authorize(
        action,
        index === undefined ? arn : `${arn}/index/${index}`,
        known && item && leadingKey(known, item),
      );
      return store.table(name);
    },
    toAccount: (action) => request.authorize(action, '*'),
  };
}

/** The partition key of the item that parameters are about, as the condition key that policies know. */
function leadingKey({ schema }: Table, parameters: Parameters): ConditionContext {
  const name = schema.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
  const attributes = (parameters['Key'] ?? parameters['Item'] ?? {}) as Record<
    string,
    Record<string, unknown>
  >;
  const value = Object.values(attributes[name] ?? {})[0];
  return typeof value === 'string' ? { 'dynamodb:LeadingKeys': [value] } : {};
}

function errorBody(error: unknown): [status: number, body: Record<string, unknown>] {
  if (error instanceof AwsError) {
    // The one error of this service whose model spells the member with a capital.
    const member = error.code === 'TransactionCanceledException' ? 'Message' : 'message';
    const type = `com.amazonaws.dynamodb.v20120810#${error.code}`;
    return [error.status, { __type: type, [member]: error.message, ...error.details }];
  }
  console.error('DynamoDB: internal error', error);
  return [
    500,
    { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError', message: 'Internal server error' },
  ];
}

function respond(status: number, result: Record<string, unknown>, { requestId }: AwsRequest): AwsResponse {
  const body = Buffer.from(JSON.stringify(result));
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': requestId,
      // Clients in several languages check it where it is present, and some expect it.
      'x-amz-crc32': String(crc32(body)),
    },
    body,
  };
}
