import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Builds the dashboard by Vite, or finds that it has been built from the same content before. What it imports from outside
 * of `dashboard/` is packages and types: `dashboard/vite.config.ts` sees to it.
 * @param root the project's folder
 * @returns the absolute folder with `index.html` and `assets/`, which nobody changes any more
 * @throws Error with what Vite says
 */
export function bundleDashboard(root = projectRoot): string {
  const cacheDir = join(root, '.cache', 'dashboard');
  const key = keyOf(root);
  const folder = join(cacheDir, key);
  if (existsSync(folder)) {
    // Whatever is in use stays young.
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  mkdirSync(cacheDir, { recursive: true });
  removeUnused(cacheDir);
  const building = join(cacheDir, `${key}.${process.pid}`);
  try {
    build(root, building);
    // A file that was saved meanwhile may be in it as it was before: then what was built is what is there now.
    if (keyOf(root) !== key) return bundleDashboard(root);
    moveTo(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return folder;
}

function build(root: string, outDir: string): void {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  try {
    execFileSync(
      process.execPath,
      [vite, 'build', join(root, 'dashboard'), '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'],
      {
        cwd: root,
        // Of the surroundings nothing: a variable must not decide what is deployed, nor a test what kind of build it is.
        env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
        stdio: ['ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
      },
    );
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`the dashboard could not be built:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Complete or not at all: others may be looking at the same moment. */
function moveTo(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Somebody else was faster, with the same content.
    if (!existsSync(to)) throw error;
  }
}

const unusedMilliseconds = 86_400_000;

function removeUnused(cacheDir: string): void {
  const oldest = Date.now() - unusedMilliseconds;
  for (const name of readdirSync(cacheDir)) {
    const path = join(cacheDir, name);
    if (statSync(path).mtimeMs < oldest) rmSync(path, { recursive: true, force: true });
  }
}

function keyOf(root: string): string {
  const hash = createHash('sha256');
  const shared = ['package.json', 'package-lock.json', 'tsconfig.json'].map((file) => join(root, file));
  for (const path of [...shared, ...filesIn(join(root, 'dashboard'))].filter(existsSync)) {
    hash.update(`\n${relative(root, path)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 32);
}

/** Every file but what a build left there. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/^(dist|node_modules)[\\/]/.test(relative(folder, path)))
    .toSorted();
}
