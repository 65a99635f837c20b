import { existsSync, readFileSync } from 'node:fs';

/**
 * Prints `N passed, N failed` from vitest's JSON report: `node scripts/report-counts.ts <report> <exit status>`.
 *
 * A test file that failed outside its tests (it did not load, a hook threw) counts as one failure, and so does a run that
 * failed, or left no report, without a failed test: nothing that went wrong may look like "0 failed".
 */
const [path = '', exitStatus = '1'] = process.argv.slice(2);

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const report = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Report) : undefined;
const brokenFiles = (report?.testResults ?? []).filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
);
const counted = (report?.numFailedTests ?? 0) + brokenFiles.length;
const wentWell = exitStatus === '0' && report !== undefined;
console.log(`${report?.numPassedTests ?? 0} passed, ${wentWell ? counted : Math.max(1, counted)} failed`);
