import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** The import rules of `.dependency-cruiser.cjs`, on a small tree of the project's shape that breaks each of them. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const config = join(root, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] };

type Import = readonly [from: string, to: string, how?: 'type' | 'dynamic'];

/** Each rule with imports that it must refuse. */
const refused: Record<string, readonly Import[]> = {
  'bin-imports-no-functions': [['bin/latchkey.ts', 'functions/keys/contract.ts']],
  'lib-imports-contracts-only': [
    ['lib/constructs/keys.ts', 'functions/keys/index.ts'],
    ['lib/constructs/keys.ts', 'functions/keys/rules/lifecycle.ts'],
    ['lib/constructs/keys.ts', 'functions/runtime/telemetry.ts'],
    ['lib/constructs/keys.ts', 'functions/usage/handlers/get-usage.ts', 'type'],
    ['lib/config.ts', 'bin/latchkey.ts'],
  ],
  'functions-import-only-the-tiers-of-lib': [
    ['functions/keys/messages.ts', 'lib/config.ts'],
    ['functions/keys/handlers/generate-key.ts', 'lib/function-entries.ts', 'type'],
    ['functions/runtime/telemetry.ts', 'bin/main.ts'],
  ],
  'product-knows-neither-local-nor-test': [
    ['functions/keys/stores/key-store.ts', 'local/clock.ts'],
    ['lib/app.ts', 'local/model.ts', 'type'],
    ['bin/latchkey.ts', 'local/main.ts', 'dynamic'],
    ['functions/usage/meter-request.ts', 'test/support.ts'],
  ],
  'local-imports-no-functions': [
    ['local/demo-key.ts', 'functions/keys/generate-api-key.ts'],
    ['local/demo-key.ts', 'functions/keys/contract.ts'],
  ],
  'local-imports-lib-late-and-by-one-door': [['local/usage.ts', 'lib/tiers.ts', 'dynamic']],
  'local-imports-lib-late': [['local/template/load-template.ts', 'lib/app.ts']],
  'local-imports-no-tests': [['local/main.ts', 'test/support.ts']],
  'subsystems-meet-at-their-doors': [
    ['functions/keys/generate-api-key.ts', 'functions/subscriptions/subscriptions.ts'],
    ['functions/authorizer/authorize-api-key.ts', 'functions/keys/stores/pepper-store.ts'],
    ['functions/usage/handlers/get-usage.ts', 'functions/keys/rules/lifecycle.ts', 'type'],
  ],
  'routes-are-for-the-description': [['functions/usage/usage-report.ts', 'functions/usage/routes.ts']],
  'runtime-knows-no-subsystem': [['functions/runtime/api-function.ts', 'functions/keys/index.ts']],
  'handlers-are-ends': [['functions/keys/handlers/rotate-key.ts', 'functions/keys/handlers/revoke-key.ts']],
  'rules-import-rules-only': [
    ['functions/keys/rules/lifecycle.ts', 'functions/keys/stores/key-store.ts'],
    ['functions/keys/rules/key-view.ts', 'functions/runtime/errors.ts'],
    ['functions/authorizer/rules/acceptance.ts', 'functions/keys/index.ts', 'type'],
    ['functions/usage/rules/period.ts', 'lib/tiers.ts'],
    ['functions/runtime/rules/fault.ts', 'functions/runtime/problems.ts'],
  ],
  'rules-import-no-packages': [['functions/decisions/rules/policy.ts', 'ulid']],
  'rules-do-no-io': [
    ['functions/decisions/rules/policy.ts', 'node:fs'],
    ['functions/decisions/rules/policy.ts', 'node:http'],
  ],
  'aws-sdk-at-the-edges': [
    ['functions/keys/rotate-key.ts', '@aws-sdk/client-kms'],
    ['functions/runtime/telemetry.ts', '@aws-sdk/client-kms', 'type'],
    ['functions/keys/index.ts', '@smithy/types'],
    ['local/demo-key.ts', '@aws-sdk/client-kms'],
    ['lib/app.ts', '@aws-sdk/client-kms'],
  ],
  'functions-import-no-dev-dependencies': [['functions/keys/stores/key-store.ts', 'dynalite']],
  'packages-are-declared': [['lib/config.ts', 'brought-along']],
  'imports-resolve': [['local/logs.ts', './gone.ts']],
  'no-cycles': [['lib/ring-of-two.ts', 'lib/ring.ts', 'type']],
};

/** A cycle is told of one of its imports. */
const restOfTheCycle: Import = ['lib/ring.ts', 'lib/ring-of-two.ts'];

/** Refused by a second rule beside the one of its row. */
const alsoRefused: readonly string[] = [
  'rules-import-no-packages: functions/decisions/rules/bands.ts -> @aws-sdk/client-kms',
  'aws-sdk-at-the-edges: functions/decisions/rules/bands.ts -> @aws-sdk/client-kms',
  'rules-import-rules-only: functions/keys/rules/timer.ts -> functions/usage/stores/meter.ts',
  'subsystems-meet-at-their-doors: functions/keys/rules/timer.ts -> functions/usage/stores/meter.ts',
];

const allowed: readonly Import[] = [
  ['bin/app.ts', 'lib/app.ts'],
  ['lib/constructs/usage.ts', 'functions/usage/contract.ts'],
  ['lib/constructs/usage.ts', 'functions/runtime/contract.ts'],
  ['lib/constructs/usage.ts', 'functions/runtime/problems.ts'],
  ['lib/constructs/usage.ts', 'functions/runtime/metric-names.ts'],
  ['lib/constructs/usage.ts', 'functions/runtime/http-headers.ts'],
  ['lib/constructs/usage.ts', 'dynalite'],
  ['functions/usage/messages.ts', 'lib/tiers.ts'],
  ['functions/openapi/document.ts', 'functions/usage/routes.ts'],
  ['functions/usage/handlers/report-usage.ts', 'functions/usage/stores/usage-store.ts'],
  ['functions/usage/handlers/report-usage.ts', 'functions/usage/rules/rate-limit.ts'],
  ['functions/usage/handlers/report-usage.ts', 'functions/authorizer/contract.ts'],
  ['functions/usage/handlers/report-usage.ts', 'functions/decisions/index.ts'],
  ['functions/usage/handlers/report-usage.ts', 'functions/runtime/environment.ts'],
  ['functions/usage/handlers/report-usage.ts', '@aws-sdk/client-kms'],
  ['functions/usage/stores/usage-store.ts', '@aws-sdk/client-kms'],
  ['functions/subscriptions/gateways/usage-key-gateway.ts', '@aws-sdk/client-kms'],
  ['functions/runtime/clients.ts', '@aws-sdk/client-kms'],
  ['functions/runtime/dynamodb.ts', '@aws-sdk/client-kms'],
  ['functions/keys/compose.ts', '@aws-sdk/client-kms'],
  ['functions/usage/rules/rate-limit.ts', 'functions/usage/rules/month.ts'],
  ['functions/usage/rules/rate-limit.ts', 'functions/runtime/rules/change.ts'],
  ['functions/usage/rules/rate-limit.ts', 'functions/decisions/rules/index.ts'],
  ['functions/usage/rules/rate-limit.ts', 'functions/usage/contract.ts'],
  ['functions/usage/rules/rate-limit.ts', 'node:crypto'],
  ['functions/usage/rules/rate-limit.ts', 'node:zlib'],
  ['functions/usage/rules/rate-limit.ts', 'zod'],
  ['functions/usage/rules/rate-limit.ts', 'aws-lambda', 'type'],
  ['local/synthesize.ts', 'lib/app.ts', 'dynamic'],
  ['local/synthesize.ts', 'dynalite'],
];

const packages: Record<string, 'dependencies' | 'devDependencies' | undefined> = {
  '@aws-sdk/client-kms': 'dependencies',
  '@smithy/types': 'dependencies',
  ulid: 'dependencies',
  zod: 'dependencies',
  dynalite: 'devDependencies',
  '@types/aws-lambda': 'devDependencies',
  'brought-along': undefined,
};

let folder: string;
let found: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-imports-'));
  await writeTree();
  found = await violations();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(Object.entries(refused))('%s', (rule, imports) => {
  test.each(imports)('%s may not import %s', (from = '', to = '') => {
    expect(found).toContain(describeImport(rule, from, to));
  });
});

test.each(allowed)('%s may import %s', (from = '', to = '') => {
  expect(found.filter((line) => line.endsWith(describeImport('', from, to)))).toEqual([]);
});

test('an import that breaks two rules is told by both', () => {
  expect(found).toEqual(expect.arrayContaining([...alsoRefused]));
});

test('every rule of the configuration has a case here', () => {
  expect(forbidden.map(({ name }) => name).toSorted()).toEqual(Object.keys(refused).toSorted());
});

function describeImport(rule: string, from: string, to: string): string {
  return `${rule}: ${from} -> ${to.replace(/^node:/, '')}`;
}

/** Files that import what the tables say; imported files exist, and packages are stubs that package.json declares. */
async function writeTree(): Promise<void> {
  const both = alsoRefused.map((line): Import => {
    const [, from = '', to = ''] = /: (.+) -> (.+)$/.exec(line) ?? [];
    return [from, to];
  });
  const files = new Map<string, string>();
  for (const [from, to, how] of [...Object.values(refused).flat(), ...allowed, ...both, restOfTheCycle]) {
    files.set(from, (files.get(from) ?? '') + statement(from, to, how));
    if (/^\w+\/.*\.ts$/.test(to)) files.set(to, files.get(to) ?? '');
  }
  const declared = (kind: string) =>
    Object.fromEntries(
      Object.keys(packages).flatMap((name) => (packages[name] === kind ? [[name, '*']] : [])),
    );
  files.set(
    'package.json',
    JSON.stringify({
      type: 'module',
      dependencies: declared('dependencies'),
      devDependencies: declared('devDependencies'),
    }),
  );
  for (const name of Object.keys(packages)) {
    const isTypes = name.startsWith('@types/');
    const entry = isTypes ? { types: 'index.d.ts' } : { main: 'index.js' };
    files.set(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...entry }));
    files.set(`node_modules/${name}/index.${isTypes ? 'd.ts' : 'js'}`, '');
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

function statement(from: string, to: string, how: Import[2]): string {
  const relative = posix.relative(posix.dirname(from), to);
  const specifier = /^\w+\/.*\.ts$/.test(to) ? (relative.startsWith('.') ? relative : `./${relative}`) : to;
  if (how === 'dynamic') return `await import('${specifier}');\n`;
  return how === 'type' ? `import type { X } from '${specifier}';\n` : `import '${specifier}';\n`;
}

interface Report {
  readonly summary: { readonly violations: readonly { from: string; to: string; rule: { name: string } }[] };
}

function violations(): Promise<string[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', config, '--output-type', 'json', 'bin', 'lib', 'functions', 'local'];
  return new Promise((resolve, reject) => {
    // Its exit status is the number of violations.
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => {
        if (stdout === '') return reject(new Error(stderr));
        const { summary } = JSON.parse(stdout) as Report;
        resolve(
          summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${packageName(to)}`),
        );
      },
    );
  });
}

function packageName(to: string): string {
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(to)?.[1] ?? to;
}
