import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { problemTypes } from '../../functions/runtime/problems.ts';
import { tierNames, tiers } from '../../lib/tiers.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the table of problems in the documentation is the one in the code', async () => {
  const rows = (await read('docs/problems.md'))
    .split('\n')
    .map((line) => /^\| `([^`]+)` \| (\d{3}) \| ([^|]+) \|/.exec(line))
    .flatMap((match) => (match === null ? [] : [`${match[2]} ${match[1]} ${match[3]?.trim()}`]));
  const inCode = Object.values(problemTypes).map(({ type, status, title }) => `${status} ${type} ${title}`);
  expect(rows.toSorted()).toEqual(inCode.toSorted());
});

test('the tiers in the README are the tiers in the code', async () => {
  const readme = await read('README.md');
  for (const name of tierNames) {
    const { requestsPerMonth, ratePerSecond, burst } = tiers[name];
    const month = requestsPerMonth.toLocaleString('en-US');
    expect(readme).toContain(`| \`${name}\` | ${month} | ${ratePerSecond}, ${burst} |`);
  }
});

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await readdir(new URL('../../docs', import.meta.url), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test.each(documents)('every link of %s into the project leads somewhere', async (file) => {
  const links = [...(await read(file)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
  for (const [, path = '', anchor] of links) {
    const target = path === '' ? file : posix.join(posix.dirname(file), path);
    expect(existsSync(new URL(`../../${target}`, import.meta.url)), `${file} links ${path}`).toBe(true);
    if (anchor !== undefined)
      expect(anchorsOf(await read(target)), `${file} links ${path}`).toContain(anchor);
  }
});

/** Anchors as GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(' ', '-')
      .replace(/[^\w-]/g, ''),
  );
}
