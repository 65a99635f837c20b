import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** `.ci/run` in a checkout of its own, where `npm` is a script that the test writes. */
const root = fileURLToPath(new URL('../../', import.meta.url));
let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'latchkey-ci-'));
  cpSync(join(root, '.ci'), join(checkout, '.ci'), { recursive: true });
  cpSync(join(root, 'scripts/report-counts.ts'), join(checkout, 'scripts/report-counts.ts'));
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}');
  mkdirSync(join(checkout, 'bin'));
  // Installed, whatever this machine has: no test installs anything.
  writeFileSync(join(checkout, 'bin/gpg'), '#!/bin/sh\n', { mode: 0o755 });
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

const passed = { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'passed' }] };
const failed = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] };
const broken = { status: 'failed', assertionResults: [] };

test('the last line is what the test runner counted, and the exit status is that of the tests', () => {
  expect(runCi({ report: report(2, 0, passed) })).toEqual({ status: 0, last: '2 passed, 0 failed' });
  expect(runCi({ report: report(3, 1, passed, failed), test: 3 })).toEqual({
    status: 3,
    last: '3 passed, 1 failed',
  });
});

test('a test file that does not load is a failure', () => {
  const outcome = runCi({ report: report(2, 0, passed, broken), test: 1 });
  expect(outcome).toEqual({ status: 1, last: '2 passed, 1 failed' });
});

test('a run that fails before, or beside, its tests is a failure', () => {
  expect(runCi({ test: 2 })).toEqual({ status: 2, last: '0 passed, 1 failed' });
  expect(runCi({ report: report(2, 0, passed), test: 1 })).toEqual({
    status: 1,
    last: '2 passed, 1 failed',
  });
});

test('a run without a report is no success, and the report of an earlier run is not taken for it', () => {
  expect(runCi({ report: report(2, 0, passed) }).status).toBe(0);
  expect(runCi({})).toEqual({ status: 1, last: '0 passed, 1 failed' });
});

test('tests do not run where the installation fails', () => {
  expect(runCi({ report: report(2, 0, passed), install: 7 })).toEqual({
    status: 7,
    last: '0 passed, 1 failed',
  });
});

test('a machine whose Node is too old to count ends with the line nevertheless', () => {
  writeFileSync(join(checkout, 'bin/node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(runCi({ install: 1, node: false })).toEqual({ status: 1, last: '0 passed, 1 failed' });
});

function report(passedTests: number, failedTests: number, ...testResults: object[]): object {
  return { numPassedTests: passedTests, numFailedTests: failedTests, testResults };
}

function runCi(npm: { report?: object; install?: number; test?: number; node?: boolean }) {
  const { install = 0, test: tests = 0 } = npm;
  const writeReport =
    npm.report === undefined
      ? ''
      : `mkdir -p reports; echo '${JSON.stringify(npm.report)}' > reports/vitest.json`;
  writeFileSync(
    join(checkout, 'bin/npm'),
    `#!/bin/sh
case "$*" in
  ci) exit ${install} ;;
  test) ${writeReport || ':'}; exit ${tests} ;;
  *) echo "unexpected: npm $*"; exit 99 ;;
esac
`,
    { mode: 0o755 },
  );
  if (npm.node !== false) {
    rmSync(join(checkout, 'bin/node'), { force: true });
    symlinkSync(process.execPath, join(checkout, 'bin/node'));
  }
  // From elsewhere: CI need not stand in the checkout.
  const { status, stdout } = spawnSync(join(checkout, '.ci/run'), {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, PATH: [join(checkout, 'bin'), process.env['PATH']].join(delimiter) },
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}
