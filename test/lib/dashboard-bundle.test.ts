import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bundleDashboard } from '../../lib/constructs/dashboard-bundle.ts';

let root: string;
const write = (file: string, content: string) => writeFileSync(join(root, 'dashboard', file), content);
const builtScript = (folder: string) => {
  const [script = ''] = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js'));
  return readFileSync(join(folder, 'assets', script), 'utf8');
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-dashboard-'));
  mkdirSync(join(root, 'dashboard'));
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  write('index.html', '<!doctype html><div id="app"></div><script type="module" src="/main.js"></script>');
  write('main.js', 'document.title = process.env.NODE_ENV + import.meta.env.VITE_SECRET;');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

test('the dashboard is built once for the same content, and anew for another', () => {
  const first = bundleDashboard(root);
  expect(readFileSync(join(first, 'index.html'), 'utf8')).toMatch(/src="\/assets\/[\w.-]+\.js"/);
  const before = new Date(0);
  utimesSync(join(first, 'index.html'), before, before);
  expect(bundleDashboard(root)).toBe(first);
  expect(readdirSync(join(root, '.cache', 'dashboard'))).toHaveLength(1);

  write('main.js', 'document.title = "Keys";');
  const second = bundleDashboard(root);
  expect(second).not.toBe(first);
  expect(builtScript(second)).toContain('Keys');
  // Whoever deploys from the former one at this moment still has it.
  expect(builtScript(first)).not.toContain('Keys');

  write('.env', 'VITE_SECRET=told');
  expect(bundleDashboard(root)).not.toBe(second);
});

test('what a build by hand leaves behind is no content', () => {
  const first = bundleDashboard(root);
  mkdirSync(join(root, 'dashboard', 'dist'));
  write('dist/index.html', 'another');
  expect(bundleDashboard(root)).toBe(first);
});

test('it is a production build, and nothing of the surroundings decides what is in it', () => {
  vi.stubEnv('NODE_ENV', 'test');
  vi.stubEnv('VITE_SECRET', 'whispered');
  const script = builtScript(bundleDashboard(root));
  expect(script).toContain('production');
  expect(script).not.toContain('whispered');
});

test('one that cannot be built says why, and leaves nothing behind', () => {
  write('main.js', 'import "./gone.js";');
  expect(() => bundleDashboard(root)).toThrow(/the dashboard could not be built:(.|\n)*gone\.js/);
  expect(readdirSync(join(root, '.cache', 'dashboard'))).toEqual([]);
});
