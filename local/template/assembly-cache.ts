import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cacheDir = join(root, '.cache', 'assemblies');
/** All that decides what a synthesis gives, beside its own options. */
const sources = [
  'lib/**/*.{ts,js}',
  'functions/**/*.{ts,json}',
  'dashboard/**/*.*',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
/** What a build leaves beside the sources. */
const made = ['dashboard/dist/**', '**/node_modules/**'];
const kept = 8;

/**
 * Puts a cloud assembly into a folder: a new one, or what the same sources and options gave before. Loading the CDK and
 * building the constructs is half of a start's time, and most starts follow no change.
 * @param options whatever else decides what comes out
 * @param build synthesizes into the folder it is given
 */
export async function synthesizeOnce(
  options: unknown,
  outdir: string,
  build: (folder: string) => Promise<void>,
): Promise<void> {
  const key = keyOf(options);
  if (await copied(join(cacheDir, key), outdir)) return;
  const folder = join(cacheDir, `${key}.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await build(folder);
    await cp(folder, outdir, { recursive: true });
    // A file that was saved meanwhile may be in it as it was before.
    if (keyOf(options) === key) await keep(folder, key);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function keyOf(options: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const file of sources.flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: made }).toSorted(),
  )) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

async function copied(folder: string, outdir: string): Promise<boolean> {
  if (!existsSync(folder)) return false;
  try {
    await cp(folder, outdir, { recursive: true });
    return true;
  } catch {
    // Another process may be tidying up at this moment: a synthesis is always possible.
    return false;
  }
}

/** Complete or not at all: others may be looking at the same moment. */
async function keep(folder: string, key: string): Promise<void> {
  try {
    await rename(folder, join(cacheDir, key));
    await removeOldest();
  } catch {
    // Somebody else was faster.
  }
}

async function removeOldest(): Promise<void> {
  const folders = await Promise.all(
    (await readdir(cacheDir)).map(async (name) => {
      const path = join(cacheDir, name);
      return { path, at: (await stat(path)).mtimeMs };
    }),
  );
  const old = folders.toSorted((a, b) => b.at - a.at).slice(kept);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
