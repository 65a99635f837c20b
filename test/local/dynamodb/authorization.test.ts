import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  ListTablesCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AwsError } from '../../../local/aws/service.ts';
import { type LocalDynamoDb, launch, removeDataDirs } from './harness.ts';

const asked: string[] = [];
const denied = new Set<string>();
let local: LocalDynamoDb;

beforeAll(async () => {
  local = await launch({
    authorize(action, resource) {
      asked.push(`${action} ${resource.split(':').at(-1)}`);
      if (denied.has(action))
        throw new AwsError('AccessDeniedException', `not authorized to perform: ${action}`);
    },
  });
});
beforeEach(() => {
  asked.length = 0;
  denied.clear();
});
afterAll(async () => {
  await local.stop();
  removeDataDirs();
});

const TableName = 'test-Accounts';
const Key = { id: { S: 'a' } };
const owner = {
  KeyConditionExpression: '#o = :o',
  ExpressionAttributeNames: { '#o': 'owner' },
  ExpressionAttributeValues: { ':o': { S: 'x' } },
};

// Each command has types of its own, so that a table of them has to hold the calls.
test.each<[string, () => Promise<unknown>, string[]]>([
  [
    'GetItem',
    () => local.client.send(new GetItemCommand({ TableName, Key })),
    ['dynamodb:GetItem table/test-Accounts'],
  ],
  [
    'UpdateItem',
    () => local.client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: 'REMOVE a' })),
    ['dynamodb:UpdateItem table/test-Accounts'],
  ],
  [
    'Query of an index',
    () => local.client.send(new QueryCommand({ TableName, IndexName: 'byOwner', ...owner })),
    ['dynamodb:Query table/test-Accounts/index/byOwner'],
  ],
  ['Scan', () => local.client.send(new ScanCommand({ TableName })), ['dynamodb:Scan table/test-Accounts']],
  ['ListTables', () => local.client.send(new ListTablesCommand({})), ['dynamodb:ListTables *']],
  [
    'BatchGetItem',
    () =>
      local.client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [TableName]: { Keys: [Key] },
            'test-Events': { Keys: [{ stream: { S: 'a' }, number: { N: '1' } }] },
          },
        }),
      ),
    ['dynamodb:BatchGetItem table/test-Accounts', 'dynamodb:BatchGetItem table/test-Events'],
  ],
  [
    'BatchWriteItem',
    () =>
      local.client.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } }),
      ),
    ['dynamodb:BatchWriteItem table/test-Accounts'],
  ],
  [
    'TransactGetItems',
    () => local.client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }] })),
    ['dynamodb:GetItem table/test-Accounts'],
  ],
  [
    'TransactWriteItems, part by part',
    () =>
      local.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: Key } },
            { Update: { TableName, Key: { id: { S: 'b' } }, UpdateExpression: 'REMOVE a' } },
            { Delete: { TableName, Key: { id: { S: 'c' } } } },
            {
              ConditionCheck: {
                TableName,
                Key: { id: { S: 'd' } },
                ConditionExpression: 'attribute_not_exists(id)',
              },
            },
          ],
        }),
      ),
    ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map(
      (action) => `dynamodb:${action} table/test-Accounts`,
    ),
  ],
])('%s takes exactly its own permissions', async (_, call, permissions) => {
  await call();
  expect(asked).toEqual(permissions);
});

test('without permission nothing is written, and nobody learns whether a table exists', async () => {
  denied.add('dynamodb:DeleteItem').add('dynamodb:GetItem');
  const write = local.client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item: { id: { S: 'unwritten' } } } },
        { Delete: { TableName, Key: { id: { S: 'other' } } } },
      ],
    }),
  );
  await expect(write).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(
    local.client.send(new GetItemCommand({ TableName: 'test-Nothing', Key })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  denied.clear();
  const { Item } = await local.client.send(
    new GetItemCommand({ TableName, Key: { id: { S: 'unwritten' } } }),
  );
  expect(Item).toBeUndefined();
});
