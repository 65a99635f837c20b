import { expect, test } from 'vitest';
import { parseConfig } from '../../dashboard/src/config.ts';
import { byWhom, isOfInterest, whatHappened } from '../../dashboard/src/rules/history.ts';
import {
  inOrder,
  lastUse,
  mayRotate,
  waitingSecret,
  withInHand,
} from '../../dashboard/src/rules/key-state.ts';
import { displayOf, secretFile } from '../../dashboard/src/rules/secret-file.ts';
import { inDays, inHours, keyOf, now } from './account-samples.ts';

const about = {
  product: 'AI Decision Engine',
  name: 'Production',
  display: 'user_0AbCd...',
  madeAt: inDays(0),
};

test.each([
  ['works', [], true],
  ['its owner has suspended', ['owner'], true],
  ['its owner and something unusual have suspended', ['owner', 'anomaly'], true],
  ['a payment has suspended', ['owner', 'payment'], false],
  ['support has suspended', ['admin'], false],
] as const)('a key that %s can be rotated or not: as the API has it', (_what, causes, expected) => {
  const suspensions = Object.fromEntries(causes.map((cause) => [cause, { at: inHours(-1) }]));
  const status = causes.length === 0 ? 'active' : 'suspended';
  expect(mayRotate(keyOf({ status, suspensions }))).toBe(expected);
  expect(mayRotate(keyOf({ status: 'revoked', suspensions }))).toBe(false);
});

test('a downloaded key is a file that programs read their environment from', () => {
  const { name, content } = secretFile('user_0AbCdEfGhIjK_secret', about);
  expect(name).toBe('production.env');
  expect(content).toMatch(
    /^# AI Decision Engine: Production \(user_0AbCd\.\.\.\), 2026-11-27\n[A-Z_]+=user_0AbCdEfGhIjK_secret\n$/,
  );
});

test.each([
  ['Nightly reports (EU)', 'nightly-reports-eu.env'],
  ['Übersicht', 'ubersicht.env'],
  ['../../etc/passwd', 'etc-passwd.env'],
  ['鍵', 'api-key.env'],
])('a key called %s becomes %s', (name, expected) => {
  expect(secretFile('k', { ...about, name }).name).toBe(expected);
});

test('a name with line breaks adds no line to the file', () => {
  const { content } = secretFile('k', { ...about, name: 'a\nPATH=/tmp' });
  expect(content.split('\n')).toHaveLength(3);
});

test('of a key, what is shown is what may be logged', () => {
  expect(displayOf('user_0AbCdEfGhIjK_secret')).toBe('user_0AbCd...');
});

test('live keys come by name, ended ones by their end, the last first', () => {
  const key = (name: string, revokedAt?: string) =>
    keyOf({ keyId: name, name, ...(revokedAt === undefined ? {} : { status: 'revoked', revokedAt }) });
  const { live, ended } = inOrder([key('b'), key('old', inDays(-9)), key('A'), key('new', inDays(-1))]);
  expect(live.map(({ name }) => name)).toEqual(['A', 'b']);
  expect(ended.map(({ name }) => name)).toEqual(['new', 'old']);
});

test('a secret that its owner has before them is not told to wait; another secret of the key is', () => {
  const key = keyOf({ handover: { version: 1, expiresAt: inHours(40), sentAt: inHours(-1) } });
  const waits = (version: number) =>
    waitingSecret(withInHand(key, [{ keyId: key.keyId, version }]), now) !== undefined;
  expect([waits(1), waits(2)]).toEqual([false, true]);
});

test('a key was last used when any of its secrets was', () => {
  const versions = [
    { version: 1, createdAt: inDays(-30), lastUsedAt: inHours(-1) },
    { version: 2, createdAt: inDays(-1), lastUsedAt: inHours(-5) },
  ];
  expect(lastUse({ versions })).toBe(inHours(-1));
  expect(lastUse({ versions: [{ version: 1, createdAt: inDays(-1) }] })).toBeUndefined();
});

test('the record is told in plain words, whoever acted', () => {
  expect(whatHappened({ action: 'rotate-key' })).toBe('New secret made');
  expect(whatHappened({ action: 'resume-key', state: { suspensions: {} } })).toBe('Key works again');
  expect(whatHappened({ action: 'resume-key', state: { suspensions: { anomaly: {} } } })).toBe(
    'Suspended for one cause less',
  );
  expect(whatHappened({ action: 'something-new' })).toBe('Something new');
  expect(isOfInterest({ action: 'reschedule' })).toBe(false);
  const by = (kind: 'admin' | 'owner' | 'system', id = '') => byWhom({ actor: { kind, id } });
  expect([by('admin'), by('system'), by('owner', 'sub_1'), by('owner', 'link')]).toEqual([
    'by support',
    'automatically',
    'by you',
    'by whoever had the link',
  ]);
});

const config = {
  apiUrl: 'https://api.example.com/',
  issuer: 'https://id.example.com/pool',
  clientId: 'dashboard',
  product: 'AI Decision Engine',
  company: 'AI Weed Company',
  supportAddress: 'support@example.com',
  documentationUrl: 'https://docs.example.com',
  statusUrl: 'https://status.example.com',
};

test('a configuration is whole, or names what it lacks', () => {
  expect(parseConfig({ ...config, later: true })).toEqual({ ...config, apiUrl: 'https://api.example.com' });
  expect(() => parseConfig({ ...config, issuer: '', clientId: 7 })).toThrow('lacks issuer, clientId');
  expect(() => parseConfig(null)).toThrow('lacks apiUrl');
});
