import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync, version as esbuildVersion } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cacheDir = join(root, '.cache', 'functions');

/**
 * One esbuild pass for all functions: a call for each costs half a second each. ESM, minified; the AWS SDK is bundled, so
 * that its version is ours and not the runtime's. `sideEffects: false` of package.json leaves out what a function does not
 * use of a subsystem's index.ts: the authorizer takes a hash from there, and no document client. The source maps are for `npm run stack-trace`: Node.js would read a
 * megabyte at each cold start to apply them itself (docs/decisions/0015).
 */
const options = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  // Licences ask for their notices beside the code: index.mjs.LEGAL.txt.
  legalComments: 'external',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  entryNames: '[dir]/[name]',
  // CommonJS dependencies call `require`, which an ES module does not have.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  logLevel: 'silent',
} satisfies BuildOptions;

/** The last bundle: where it lies, and which of the project's files went into it. */
interface BundleRecord {
  readonly folder: string;
  /** Project files with their content's hash; the bundle is stale when one differs. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Bundles the functions, or finds that nothing they consist of has changed since the last time.
 * @param entries from function name (`generate-key`) to source file, relative to `functions/` and without `.ts`
 * @returns from function name to the absolute folder that holds its `index.mjs`
 */
export function bundleFunctions(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const packages = ['package.json', 'package-lock.json'].map(hashFile);
  const key = hash(JSON.stringify([esbuildVersion, options, entries, packages]));
  const recordPath = join(cacheDir, `${key.slice(0, 16)}.json`);
  const folder = join(cacheDir, freshFolder(recordPath) ?? build(entries, recordPath));
  return Object.fromEntries(Object.keys(entries).map((name) => [name, join(folder, name)]));
}

function freshFolder(recordPath: string): string | undefined {
  if (!existsSync(recordPath)) return undefined;
  const { folder, inputs } = JSON.parse(readFileSync(recordPath, 'utf8')) as BundleRecord;
  const isFresh = Object.entries(inputs).every(([file, content]) => hashFile(file) === content);
  return isFresh && existsSync(join(cacheDir, folder)) ? folder : undefined;
}

/** A bundle is never changed or removed while it is young: another process may be reading it at this moment. */
function build(entries: Readonly<Record<string, string>>, recordPath: string): string {
  mkdirSync(cacheDir, { recursive: true });
  removeOldBundles();
  const began = Date.now();
  const folder = `${began}-${process.pid}`;
  const { metafile } = buildSync({
    ...options,
    absWorkingDir: root,
    outdir: join(cacheDir, folder),
    metafile: true,
    entryPoints: Object.entries(entries).map(([name, file]) => ({
      in: join(root, 'functions', `${file}.ts`),
      out: join(name, 'index'),
    })),
  });
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules'));
  const inputs = Object.fromEntries(own.map((file) => [file, hashFile(file)]));
  // A file that was saved meanwhile may be in the bundle as it was before: the next time bundles anew.
  const isSettled = own.every((file) => statSync(join(root, file)).mtimeMs < began);
  if (isSettled) {
    const record = `${recordPath}.${process.pid}`;
    writeFileSync(record, JSON.stringify({ folder, inputs } satisfies BundleRecord));
    renameSync(record, recordPath);
  }
  return folder;
}

const keptMilliseconds = 3_600_000;

function removeOldBundles(): void {
  const oldest = Date.now() - keptMilliseconds;
  for (const entry of readdirSync(cacheDir)) {
    if (Number(/^(\d+)-\d+$/.exec(entry)?.[1] ?? Number.POSITIVE_INFINITY) < oldest) {
      rmSync(join(cacheDir, entry), { recursive: true, force: true });
    }
  }
}

function hashFile(file: string): string {
  const path = join(root, file);
  return existsSync(path) ? hash(readFileSync(path)) : 'absent';
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
