import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetUsageCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Stack } from './npm-start.ts';

export type Item = Readonly<Record<string, unknown>>;

/** Every item of a table (`Keys`), or every entry of one of its indexes. */
export async function itemsOf(stack: Stack, table: string, index?: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let from: Item | undefined, more = true; more; more = from !== undefined) {
    const page = await stack.dynamodb.send(
      new ScanCommand({
        TableName: stack.tables[table],
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    found.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  }
  return found;
}

/** Requests that the gateway's usage plans have counted in the last days, by subscription. */
export async function gatewayCounts(stack: Stack): Promise<ReadonlyMap<string, number>> {
  const client = new APIGatewayClient(stack.aws);
  try {
    const { now } = await stack.clock();
    const day = (offset: number) => new Date(now + offset * 86_400_000).toISOString().slice(0, 10);
    const keys = (await client.send(new GetApiKeysCommand({ limit: 500 }))).items ?? [];
    const owners = new Map(
      keys.map(({ id, name }) => [id, /sub_[0-9A-Za-z]{20}/.exec(name ?? '')?.[0] ?? '']),
    );
    const plans = (await client.send(new GetUsagePlansCommand({}))).items ?? [];
    const counts = new Map<string, number>();
    for (const { id } of plans) {
      const query = { usagePlanId: id, startDate: day(-5), endDate: day(0), limit: 500 };
      const { items = {} } = await client.send(new GetUsageCommand(query));
      for (const [keyId, days] of Object.entries(items)) {
        const owner = owners.get(keyId) ?? '';
        const used = days.reduce((sum, [count = 0]) => sum + count, 0);
        counts.set(owner, (counts.get(owner) ?? 0) + used);
      }
    }
    return counts;
  } finally {
    client.destroy();
  }
}
