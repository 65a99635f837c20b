import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../dashboard/src');

/** The classes at which a file's selectors begin. */
function classesOf(file: string): Set<string> {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return new Set([...text.matchAll(/(?:^|[,{}])\s*\.([\w-]+)/g)].map(([, name = '']) => name));
}

test('no page styles another one: what was opened before stays loaded', () => {
  const files = globSync('pages/**/*.css', { cwd: root });
  expect(files.length).toBeGreaterThan(4);
  const owners = new Map<string, string[]>();
  for (const file of files)
    for (const name of classesOf(file)) owners.set(name, [...(owners.get(name) ?? []), basename(file)]);
  expect([...owners].filter(([, { length }]) => length > 1)).toEqual([]);
});
