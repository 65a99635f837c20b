import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync, version as esbuildVersion } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cacheDir = join(root, '.cache', 'functions');

/**
 * One esbuild pass for all functions: a call for each costs half a second each. ESM, minified, with source maps; the AWS
 * SDK is bundled, so that its version is ours and not the runtime's.
 */
const options = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  entryNames: '[dir]/[name]',
  // CommonJS dependencies call `require`, which an ES module does not have.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  logLevel: 'silent',
} satisfies BuildOptions;

/** Where each bundled function lies, and which of the project's files went into it. */
interface BundleRecord {
  readonly key: string;
  /** Project files with their content's hash; a bundle is stale when one differs. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Bundles the functions, or finds that nothing they consist of has changed since the last time.
 * @param entries from function name (`generate-key`) to source file, relative to `functions/` and without `.ts`
 * @returns from function name to the absolute folder that holds its `index.mjs`
 */
export function bundleFunctions(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const key = hash(JSON.stringify([esbuildVersion, options, entries, hashFile('package-lock.json')]));
  const folder = join(cacheDir, key.slice(0, 16));
  if (!isFresh(folder, key)) build(entries, folder, key);
  return Object.fromEntries(Object.keys(entries).map((name) => [name, join(folder, name)]));
}

function isFresh(folder: string, key: string): boolean {
  const recordPath = join(folder, 'bundle.json');
  if (!existsSync(recordPath)) return false;
  const record = JSON.parse(readFileSync(recordPath, 'utf8')) as BundleRecord;
  return record.key === key && Object.entries(record.inputs).every(([file, hash]) => hashFile(file) === hash);
}

function build(entries: Readonly<Record<string, string>>, folder: string, key: string): void {
  // Built beside and moved into place, so that two stacks starting at once never read half a bundle.
  const building = `${folder}.${process.pid}`;
  const { metafile } = buildSync({
    ...options,
    absWorkingDir: root,
    outdir: building,
    metafile: true,
    entryPoints: Object.entries(entries).map(([name, file]) => ({
      in: join(root, 'functions', `${file}.ts`),
      out: join(name, 'index'),
    })),
  });
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules'));
  const inputs = Object.fromEntries(own.map((file) => [file, hashFile(file)]));
  writeFileSync(join(building, 'bundle.json'), JSON.stringify({ key, inputs } satisfies BundleRecord));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  try {
    renameSync(building, folder);
  } catch (error) {
    // Another process was faster; its bundle is as good as this one.
    rmSync(building, { recursive: true, force: true });
    if (!isFresh(folder, key)) throw error;
  }
}

function hashFile(file: string): string {
  const path = join(root, file);
  return existsSync(path) ? hash(readFileSync(path)) : 'absent';
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
