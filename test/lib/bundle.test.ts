import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync, transformSync } from 'esbuild';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleFunctions } from '../../lib/constructs/function-bundle.ts';
import { functionEntries } from '../../lib/function-entries.ts';
import { functionBehind, functionsOf, methodsOf, removeAssemblies, template } from './support.ts';

afterAll(removeAssemblies);

const root = fileURLToPath(new URL('../../', import.meta.url));

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly string[];
}

describe('bundled functions', () => {
  const folders = bundleFunctions(functionEntries);
  const bundles = Object.entries(folders).map(([name, folder]) => {
    const path = join(folder, 'index.mjs');
    return {
      name: name as keyof typeof functionEntries,
      path,
      code: readFileSync(path, 'utf8'),
      map: JSON.parse(readFileSync(`${path}.map`, 'utf8')) as SourceMap,
    };
  });
  const bundleOf = (wanted: keyof typeof functionEntries) => {
    const found = bundles.find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`${wanted} was not bundled`);
    return found;
  };
  const packagesOf = ({ map }: { map: SourceMap }) =>
    new Set(
      map.sources.flatMap(
        (source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(source)?.[1] ?? [],
      ),
    );

  test('are all functions of the product', () => {
    expect(bundles.map(({ name }) => name)).toEqual(Object.keys(functionEntries));
  });

  test('are ES modules that export a handler and import nothing but what Node.js has', () => {
    const { metafile } = buildSync({
      entryPoints: bundles.map(({ name, path }) => ({ in: path, out: name })),
      bundle: true,
      packages: 'external',
      // Only what is imported and exported is looked at: twice as fast.
      treeShaking: false,
      minify: true,
      platform: 'node',
      format: 'esm',
      outdir: 'nowhere',
      write: false,
      metafile: true,
    });
    const outputs = Object.values(metafile.outputs);
    expect(outputs).toHaveLength(bundles.length);
    for (const { exports, imports } of outputs) {
      expect(exports).toEqual(['handler']);
      expect(imports.length).toBeGreaterThan(0);
      expect(imports.map(({ path }) => path).filter((path) => !isBuiltin(path))).toEqual([]);
    }
    for (const { code } of bundles) {
      // CommonJS packages. What follows a bracket is prose: an error message of the SDK.
      const required = [...code.matchAll(/(?<!\[)\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');
      expect(required.filter((name) => !isBuiltin(name))).toEqual([]);
    }
  }, 180_000);

  // One pass with the same options makes all of them.
  test.each([bundleOf('authorize-request'), bundleOf('open-claim')])('$name is minified', ({ code }) => {
    // Once more would gain next to nothing. Lines tell little: a page and its style are templates of many lines.
    const again = transformSync(code, { minify: true, target: 'node24', format: 'esm' });
    expect(again.code.length).toBeGreaterThan(0.99 * code.length);
    expect(code.length).toBeLessThan(1.01 * again.code.length);
  });

  test.each(bundles)(
    '$name has a source map that leads back to its handler, without carrying the source',
    ({ name, code, map }) => {
      expect(code).toMatch(/\n\/\/# sourceMappingURL=index\.mjs\.map\n$/);
      expect(
        map.sources.filter((source) => source.endsWith(`functions/${functionEntries[name]}.ts`)),
      ).toHaveLength(1);
      expect(map.sourcesContent?.filter((content) => content !== null) ?? []).toEqual([]);
    },
  );

  test.each(bundles)('$name tells nothing about the machine that built it', ({ code, map }) => {
    expect(code).not.toContain(root);
    expect(map.sources.filter((source) => source.startsWith('/'))).toEqual([]);
  });

  test('the authorizer carries nothing that does not decide: no middy, no full zod, no client but its two', () => {
    const authorizer = bundleOf('authorize-request');
    const packages = packagesOf(authorizer);
    expect([...packages].filter((name) => name.startsWith('@aws-sdk/client-')).sort()).toEqual([
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-secrets-manager',
    ]);
    expect(packages).not.toContain('@middy/core');
    expect(packages).not.toContain('@aws-sdk/lib-dynamodb');
    expect(authorizer.map.sources.filter((source) => source.includes('zod/v4/classic'))).toEqual([]);
    // The same question of a bundle that does carry them, so that a renamed folder does not blind this test.
    const management = bundleOf('generate-key');
    expect([...packagesOf(management)]).toEqual(
      expect.arrayContaining(['@middy/core', '@aws-sdk/client-kms', '@aws-sdk/client-api-gateway']),
    );
    expect(management.map.sources.some((source) => source.includes('zod/v4/classic'))).toBe(true);
  });

  test('nor does the one of accounts, which carries what verifies tokens, and no client but DynamoDB’s', () => {
    const authorizer = bundleOf('authorize-account');
    const packages = packagesOf(authorizer);
    expect([...packages].filter((name) => name.startsWith('@aws-sdk/client-'))).toEqual([
      '@aws-sdk/client-dynamodb',
    ]);
    expect(packages).toContain('jose');
    expect(packages).not.toContain('@middy/core');
    expect(authorizer.map.sources.filter((source) => source.includes('zod/v4/classic'))).toEqual([]);
  });

  test('the meter carries no client but DynamoDB’s', () => {
    const clients = [...packagesOf(bundleOf('evaluate-decision'))].filter((name) =>
      name.startsWith('@aws-sdk/client-'),
    );
    expect(clients).toEqual(['@aws-sdk/client-dynamodb']);
  });

  // A new instance reads and compiles its bundle while a caller waits: some 100 KB of minified code are ten
  // milliseconds of a cold start, in the authorizer and again in the function behind it. Most of it is the AWS SDK.
  test.each([
    ['authorize-request', 450_000],
    ['authorize-account', 450_000],
    ['evaluate-decision', 550_000],
    ['report-usage', 450_000],
  ] as const)('%s, which a request waits for, stays below %i bytes', (name, budget) => {
    expect(Buffer.byteLength(bundleOf(name).code)).toBeLessThan(budget);
  });

  // Whoever opens a link waits too, but once in 90 days. Nobody waits for deliver-key: half of it is OpenPGP, which
  // encrypts to owners who gave a key, and nothing else may carry that.
  test.each([
    ['show-openapi', 250_000],
    ['open-claim', 600_000],
    ['store-claim', 600_000],
    ['renew-claim', 600_000],
    ['dispute-claim', 600_000],
    ['deliver-key', 1_100_000],
  ] as const)('%s, which a link or a mail waits for, stays below %i bytes', (name, budget) => {
    expect(Buffer.byteLength(bundleOf(name).code)).toBeLessThan(budget);
  });

  const carrying = (wanted: string) =>
    bundles.filter((bundle) => packagesOf(bundle).has(wanted)).map(({ name }) => name);

  test('OpenPGP and the composer of mails are where mails are made or keys for them are read, and nowhere else', () => {
    expect(carrying('openpgp').sort()).toEqual([
      'change-account-settings',
      'deliver-key',
      'update-subscription',
    ]);
    expect(carrying('nodemailer').sort()).toEqual(['deliver-alerts', 'deliver-key', 'mail-account']);
  });

  test('tokens are verified in one place, and Stripe’s client is where somebody pays or is forgotten', () => {
    expect(carrying('jose')).toEqual(['authorize-account']);
    expect(carrying('stripe').sort()).toEqual([
      'approve-request',
      'choose-tier',
      'delete-account',
      'erase-accounts',
      'open-portal',
      'receive-payment-event',
      'settle-payments',
    ]);
  });

  // People look at a page while these start. OpenPGP and Stripe weigh as much as all else together.
  const heavy = [...carrying('openpgp'), ...carrying('stripe')];
  const synthesized = template('dev');
  const ofAccount = [...methodsOf(synthesized)].flatMap(([route, method]) =>
    route.includes(' /account') ? (functionBehind(method) ?? []) : [],
  );
  const waitedFor = [...functionsOf(synthesized)].flatMap(([name, fn]) =>
    ofAccount.includes(fn.name) ? [name as keyof typeof functionEntries] : [],
  );
  test('are behind the account’s routes too', () => expect(waitedFor).toContain('get-account'));
  test.each(waitedFor)('%s, which a page waits for, stays below its budget', (name) => {
    expect(Buffer.byteLength(bundleOf(name).code)).toBeLessThan(heavy.includes(name) ? 1_000_000 : 650_000);
  });
});

describe('bundling', () => {
  let copy: string;

  beforeEach(() => {
    // A project of its own with the bundler as it is: one function and what it imports.
    copy = mkdtempSync(join(tmpdir(), 'latchkey-bundle-'));
    cpSync(join(root, 'lib/constructs/function-bundle.ts'), join(copy, 'lib/constructs/function-bundle.ts'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    write('package.json', '{"type":"module"}');
    write('package-lock.json', '{}');
    write(
      'functions/greet/handler.ts',
      "import { word } from './word.ts';\nexport const handler = (): string => word;",
    );
    write('functions/greet/word.ts', "export const word: string = 'first';");
  });
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  function write(file: string, content: string): void {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), content);
  }

  /** Bundles in a new process, as each synthesis is one. @returns the bundle's file */
  async function bundle(entries: Record<string, string> = { greet: 'greet/handler' }): Promise<string> {
    const module = pathToFileURL(join(copy, 'lib/constructs/function-bundle.ts')).href;
    const script = `const { bundleFunctions } = await import('${module}');
      console.log(JSON.stringify(bundleFunctions(${JSON.stringify(entries)})));`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(errors);
    return join((JSON.parse(output) as { greet: string }).greet, 'index.mjs');
  }

  const content = (file: string) => readFileSync(file, 'utf8');
  /** Marks a bundle as old; one that is built again loses the mark. */
  const markOld = (file: string) => utimesSync(file, new Date(0), new Date(0));
  const isOld = (file: string) => statSync(file).mtimeMs === 0;

  test('is not done again while nothing has changed', async () => {
    const file = await bundle();
    markOld(file);
    expect(await bundle()).toBe(file);
    expect(isOld(file)).toBe(true);
  });

  test('is done again when an imported file has changed', async () => {
    const before = await bundle();
    expect(content(before)).toContain('first');
    markOld(before);
    write('functions/greet/word.ts', "export const word: string = 'second';");
    const after = await bundle();
    expect(content(after)).toContain('second');
    expect(content(after)).not.toContain('first');
    expect(isOld(after)).toBe(false);
  });

  test('is done again when dependencies have changed', async () => {
    markOld(await bundle());
    write('package-lock.json', '{"changed":true}');
    expect(isOld(await bundle())).toBe(false);
  });

  test('is done again when an imported file has gone, and then says which', async () => {
    await bundle();
    rmSync(join(copy, 'functions/greet/word.ts'));
    await expect(bundle()).rejects.toThrow('./word.ts');
  });

  test('by several processes at once gives each a whole bundle', async () => {
    const files = await Promise.all([bundle(), bundle(), bundle()]);
    for (const file of files) expect(content(file)).toContain('first');
  });

  test('that fails leaves the bundle of before, and the next one works', async () => {
    await bundle();
    write('functions/greet/word.ts', 'export const word: string = ;');
    await expect(bundle()).rejects.toThrow('word.ts');
    write('functions/greet/word.ts', "export const word: string = 'third';");
    expect(content(await bundle())).toContain('third');
  });
});
