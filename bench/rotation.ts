import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { createKeyStore, type HandoverBox, type PepperStore } from '../functions/keys/index.ts';
import { type KeyItem, later, type RotationPolicy, withTimer } from '../functions/keys/rules/index.ts';
import { createDueStore } from '../functions/rotation/stores/due-store.ts';
import { sweep } from '../functions/rotation/sweep.ts';
import { randomBase62 } from '../functions/runtime/rules/base62.ts';
import { loadTemplate } from '../local/template/load-template.ts';
import { resolveTemplate } from '../local/template/resolve.ts';
import { synthesize } from '../local/template/synthesize.ts';
import { launch } from '../test/local/dynamodb/harness.ts';

/**
 * What a sweep costs: keys per second, and DynamoDB operations per key, with 1,000 keys due of 10,000 and of 100,000, and
 * with nothing due. `npm run bench:rotation [-- <keys> ...]`. The stores, rules and the table's indexes are the product's;
 * the database is the local engine in this process, so that rates say how the sweep behaves, not how fast DynamoDB is.
 */
const sizes = process.argv.slice(2).map(Number);
const due = 1_000;
const policy: RotationPolicy = {
  intervalDays: 90,
  noticeDays: 7,
  reminderHours: 6,
  graceHours: { pro: 72 },
};
const now = new Date();

/** Peppers and KMS are one call each for a new secret, elsewhere; here they answer at once. */
const inMemorySecrets: { peppers: PepperStore; handovers: HandoverBox } = {
  peppers: {
    current: async () => ({ name: 'v1', value: 'p'.repeat(64) }),
    byName: async () => 'p'.repeat(64),
  },
  handovers: {
    seal: async (apiKey) => Buffer.from(apiKey).toString('base64'),
    open: async (ciphertext) => Buffer.from(ciphertext, 'base64').toString(),
  },
};

const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
try {
  const table = await keysTable();
  const rows: Record<string, string | number>[] = [];
  for (const keys of sizes.length > 0 ? sizes : [10_000, 100_000]) rows.push(...(await measure(table, keys)));
  console.table(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The Keys table as the stack declares it, but for its stream: what consumes it is not measured here. */
async function keysTable() {
  const outdir = join(folder, 'assembly');
  const { template, stackName } = await loadTemplate(await synthesize({ stage: 'dev', outdir }));
  const environment = {
    region: 'us-east-1',
    accountId: '000000000000',
    stackName,
    dataDir: folder,
  };
  const table = resolveTemplate(template, environment)
    .byType('AWS::DynamoDB::Table')
    .find(({ ref }) => ref.endsWith('-Keys'));
  if (table === undefined) throw new Error('the stack declares no table of keys');
  const { StreamSpecification: _stream, ...properties } = table.properties;
  return { ...table, properties };
}

async function measure(table: Awaited<ReturnType<typeof keysTable>>, keys: number) {
  const dataDir = mkdtempSync(join(folder, 'data-'));
  const database = await launch({ tables: [table], dataDir });
  try {
    await fill(database.documents, table.ref, keys);
    const counts = countOperations(database.client);
    const dependencies = {
      client: database.documents,
      keys: createKeyStore(database.documents, table.ref),
      dueKeys: createDueStore(database.documents, table.ref),
      policy,
      ...inMemorySecrets,
    };
    const act = { actor: { kind: 'system', id: 'bench' } as const, requestId: 'bench', now };
    const run = async (what: string) => {
      counts.clear();
      const began = performance.now();
      const { due: found, steps, failed } = await sweep(act, () => true, dependencies);
      const seconds = (performance.now() - began) / 1000;
      const per = (operation: string) => ((counts.get(operation) ?? 0) / Math.max(1, found)).toFixed(2);
      return {
        keys,
        sweep: what,
        due: found,
        rotated: steps.rotate,
        failed,
        seconds: seconds.toFixed(2),
        'keys/s': found === 0 ? '-' : Math.round(found / seconds),
        queries: counts.get('QueryCommand') ?? 0,
        'reads/key': per('GetCommand'),
        'writes/key': per('PutCommand'),
      };
    };
    return [await run(`${due} due`), await run('nothing due')];
  } finally {
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The first thousand are due for rotation now, the others somewhere within their 90 days. */
async function fill(
  client: Awaited<ReturnType<typeof launch>>['documents'],
  tableName: string,
  keys: number,
) {
  const batch = 100;
  for (let from = 0; from < keys; from += batch) {
    const items = Array.from({ length: Math.min(batch, keys - from) }, (_, n) => key(from + n, keys));
    await client.send(
      new TransactWriteCommand({
        TransactItems: items.map((Item) => ({ Put: { TableName: tableName, Item } })),
      }),
    );
    if (process.stdout.isTTY) process.stdout.write(`\r${from + items.length} of ${keys} keys written`);
  }
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
}

function key(n: number, keys: number): KeyItem {
  const day = 86_400_000;
  const rotateAt = later(now.toISOString(), n < due ? -60_000 : ((n / keys) * 80 + 8) * day);
  const at = later(rotateAt, -90 * day);
  return withTimer(
    {
      keyId: randomBase62(12),
      subscriptionId: `sub_${randomBase62(20)}`,
      name: 'default',
      prefix: 'user',
      tier: 'pro',
      usageKey: randomBase62(40),
      createdAt: at,
      suspensions: {},
      secrets: [{ version: 1, hash: '0'.repeat(64), pepper: 'v1', createdAt: at }],
      retired: [],
      rotateAt,
      ...(n < due ? { noticedFor: rotateAt } : {}),
      revision: 1,
      change: {
        action: 'generate-key',
        actor: { kind: 'admin', id: 'bench' },
        requestId: 'bench',
        at,
      },
    },
    policy,
  );
}

function countOperations(client: DynamoDBClient): Map<string, number> {
  const counts = new Map<string, number>();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const name = commandName.replace(/^(Get|Put)Item/, '$1');
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize' },
  );
  return counts;
}
