import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, dataFolder, startAndEnd } from './npm-start.ts';

/** Starts that are refused before anything runs: a message for people, exit 1, and nothing done. */
afterAll(cleanUp);

test.concurrent.each([
  ['DASHBOARD_PORT', '3001.5'],
  ['PORT', 'three thousand'],
  ['AWS_PORT', '65536'],
  ['INBOX_PORT', '-1'],
  ['ISSUER_PORT', '1e3'],
  ['STRIPE_PORT', '8027a'],
])('%s=%s: one line that names the variable and the value', async (name, value) => {
  const dataDir = dataFolder();
  const { code, stdout, stderr } = await startAndEnd({ dataDir, env: { [name]: value } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(`${name} must be a port number`);
  expect(stderr).toContain(`"${value}"`);
  expect(existsSync(dataDir)).toBe(false);
});

test.concurrent.each([['--fersh'], ['--stage']])(
  '%s: what is wrong with it, and the usage',
  async (argument) => {
    const dataDir = dataFolder();
    const { code, stdout, stderr } = await startAndEnd({ dataDir, args: [argument] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(argument);
    expect(stderr).toContain('npm start -- --fresh');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(dataDir)).toBe(false);
  },
);

test.concurrent('--help tells options and variables, and starts nothing', async () => {
  const dataDir = dataFolder();
  const { code, stdout, stderr } = await startAndEnd({ dataDir, args: ['--help'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of [
    '--fresh',
    '--stage',
    'DASHBOARD_PORT',
    'PORT',
    'AWS_PORT',
    'INBOX_PORT',
    'ISSUER_PORT',
    'STRIPE_PORT',
    'LATCHKEY_DATA_DIR',
  ])
    expect(stdout).toContain(word);
  expect(existsSync(dataDir)).toBe(false);
});

test.concurrent("an unknown stage: the configuration's own message, in one line", async () => {
  const { code, stderr } = await startAndEnd({ dataDir: dataFolder(), args: ['--stage', 'staging'] });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^stage "staging" is unknown: choose one of dev, prod[^\n]*\n$/);
});

test.concurrent.each([[[]], [['--fresh']]])(
  'a folder with files of others is refused in one line and left as it was (%j)',
  async (args) => {
    const dataDir = dataFolder();
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');
    writeFileSync(join(dataDir, 'logs/mine.log'), 'mine');
    writeFileSync(join(dataDir, 'stack.json'), '{}');
    const { code, stderr } = await startAndEnd({ dataDir, args });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^[^\n]*thesis\.txt[^\n]*LATCHKEY_DATA_DIR[^\n]*\n$/);
    expect(readdirSync(dataDir).toSorted()).toEqual(['logs', 'stack.json', 'thesis.txt']);
    expect(readFileSync(join(dataDir, 'thesis.txt'), 'utf8')).toBe('years of work');
    expect(readFileSync(join(dataDir, 'logs/mine.log'), 'utf8')).toBe('mine');
  },
);
