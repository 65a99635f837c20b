import type { Handler } from './operation.ts';
import { structure, text } from './parameters.ts';
import { validationError } from './service-errors.ts';

/** `DescribeTable`. Counts and sizes are 0: the service, too, renews them only every six hours. */
export const describeTable: Handler = async ({ createdAt }, body, access) => {
  const table = access.toTable('dynamodb:DescribeTable', text(structure('DescribeTable', body), 'TableName'));
  const { GlobalSecondaryIndexes: indexes, ...schema } = table.schema;
  const sizes = {
    ItemCount: 0,
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  };
  return {
    Table: {
      ...schema,
      ...sizes,
      TableArn: table.arn,
      TableStatus: 'ACTIVE',
      TableSizeBytes: 0,
      CreationDateTime: createdAt / 1000,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ...(table.stream && {
        StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream.viewType },
        LatestStreamArn: table.stream.arn,
        LatestStreamLabel: table.stream.arn.split('/').at(-1),
      }),
      ...(indexes && {
        GlobalSecondaryIndexes: indexes.map((index) => ({
          ...index,
          ...sizes,
          IndexArn: `${table.arn}/index/${index.IndexName}`,
          IndexStatus: 'ACTIVE',
          IndexSizeBytes: 0,
        })),
      }),
    },
  };
};

/** `DescribeTimeToLive`. */
export const describeTimeToLive: Handler = async (_parts, body, access) => {
  const parameters = structure('DescribeTimeToLive', body);
  const { ttlAttribute } = access.toTable('dynamodb:DescribeTimeToLive', text(parameters, 'TableName'));
  return {
    TimeToLiveDescription:
      ttlAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute },
  };
};

const pageSize = 100;

/** `ListTables`. */
export const listTables: Handler = async ({ tables }, body, access) => {
  const { ExclusiveStartTableName: after = '', Limit: limit = pageSize } = structure('ListTables', body);
  access.toAccount('dynamodb:ListTables');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > pageSize) {
    throw validationError(`Limit must be a whole number from 1 to ${pageSize}`);
  }
  const names = tables
    .map(({ name }) => name)
    .sort()
    .filter((name) => name > String(after));
  const page = names.slice(0, limit);
  const last = page.at(-1);
  return { TableNames: page, ...(names.length > page.length ? { LastEvaluatedTableName: last } : {}) };
};
