import { spawn } from 'node:child_process';

/**
 * `npm run check`: types, lint and format, import rules, the template, the description of the API, what the dashboard makes
 * browsers load; two at a time, for two cores are what there is. What each has to say comes when it is done; the exit
 * status is 1 where any of them failed.
 */
const checks = [
  'node scripts/check-template.ts',
  'tsc --noEmit',
  'tsc --noEmit -p dashboard/tsconfig.json',
  'biome check .',
  'node scripts/check-openapi.ts',
  'node scripts/check-dashboard-size.ts',
  'depcruise --config .dependency-cruiser.cjs bin lib functions local',
];

function run(command: string): Promise<boolean> {
  const began = performance.now();
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(Buffer.concat(output));
      console.log(`${code === 0 ? 'passed' : 'FAILED'}: ${command} (${seconds} s)`);
      resolve(code === 0);
    });
  });
}

const waiting = [...checks];
const outcomes: boolean[] = [];
const worker = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes.push(await run(next));
};
await Promise.all([worker(), worker()]);
if (outcomes.includes(false)) process.exitCode = 1;
