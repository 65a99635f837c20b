import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundleFunctions } from '../../lib/constructs/function-bundle.ts';
import { functionEntries } from '../../lib/function-entries.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

function translate(args: readonly string[], input: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['scripts/stack-trace.ts', ...args],
      { cwd: root },
      (_error, stdout, stderr) => resolve({ stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

test('a logged stack leads back to file and line of the source', async () => {
  const folder = bundleFunctions(functionEntries)['rotate-pepper'] ?? '';
  const code = readFileSync(join(folder, 'index.mjs'), 'utf8');
  // A text that stands in one place of the source.
  const wanted = 'the pepper secret is not JSON';
  const before = code.slice(0, code.indexOf(wanted)).split('\n');
  const position = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  const { stdout } = await translate(
    ['rotate-pepper'],
    `Error: anything\\n    at x (file:///var/task/index.mjs:${position})\\n    at node:internal/x:1:2`,
  );
  const lines = readFileSync(join(root, 'functions/keys/stores/pepper-store.ts'), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes(wanted)) + 1;
  expect(stdout).toMatch(
    new RegExp(`\\n {4}at x \\(functions/keys/stores/pepper-store\\.ts:${line}:\\d+\\)\\n`),
  );
  expect(stdout).toContain('Error: anything');
  expect(stdout).toContain('node:internal/x:1:2');
});

test('a name that is no function is refused with those that are', async () => {
  const { stderr, stdout } = await translate(['rotate-papper'], '');
  expect(stdout).toBe('');
  expect(stderr).toContain('rotate-pepper');
});
