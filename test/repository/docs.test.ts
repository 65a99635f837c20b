import { readFile } from 'node:fs/promises';
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

test.each(['README.md', 'CONTRIBUTING.md', 'docs/problems.md', 'docs/management.md', 'docs/scale.md'])(
  'every link of %s to a file of the project leads somewhere',
  async (file) => {
    const text = await read(file);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    const base = new URL(`../../${file}`, import.meta.url);
    for (const link of links) {
      const { existsSync } = await import('node:fs');
      expect(existsSync(new URL(link, base)), `${file} links ${link}`).toBe(true);
    }
  },
);
