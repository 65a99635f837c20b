import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LogLine, readLogLine } from '../../functions/alerts/rules/log-line.ts';
import { type Addition, mostNetworks, trafficOf } from '../../functions/alerts/rules/traffic-of.ts';
import { accessLine, refusalLine } from './log-samples.ts';

const at = Date.parse('2026-11-27T12:34:56.000Z');
const used = { keyId: 'abcdefghijkl', subscriptionId: 'sub_1', tier: 'pro' };

describe('a line of the access log', () => {
  test('tells the time of the request, its status, the key that was accepted and the network', () => {
    expect(readLogLine(accessLine({ at, ...used, status: 429, sourceIp: '198.51.100.7' }), 0)).toEqual({
      kind: 'request',
      at,
      status: 429,
      key: used,
      network: '198.51.100.0/24',
    });
  });

  test('of a request without an accepted key tells of none', () => {
    expect(readLogLine(accessLine({ at, status: 401, sourceIp: '::1' }), 0)).toEqual({
      kind: 'request',
      at,
      status: 401,
      network: '::/48',
    });
  });

  test('is dated by when it was logged where it does not tell its time', () => {
    for (const requestTimeEpoch of ['-', 'soon', '-1', '1e99', '0']) {
      const line = accessLine({ at, status: 200, ...used }, { requestTimeEpoch });
      expect(readLogLine(line, at + 5), requestTimeEpoch).toMatchObject({ at: at + 5 });
    }
  });

  test('never holds the address', () => {
    const line = readLogLine(accessLine({ at, ...used, status: 200, sourceIp: '203.0.113.199' }), 0);
    expect(JSON.stringify(line)).not.toContain('199');
  });
});

describe('a line of the authorizer', () => {
  test.each(['wrong-secret', 'retired-secret', 'revoked', 'suspended'])(
    'refused for %s tells whose key it was',
    (reason) => {
      expect(readLogLine(refusalLine({ at, reason, ...used }), 0)).toEqual({
        kind: 'refusal',
        at,
        key: used,
      });
    },
  );

  test.each(['malformed', 'unknown-key'])('refused as %s tells nothing: there is no such key', (reason) => {
    expect(readLogLine(refusalLine({ at, reason }), 0)).toBeUndefined();
  });
});

test.each([
  ['text', 'START RequestId: 1'],
  ['nothing', ''],
  ['a list', '[1]'],
  ['null', 'null'],
  ['half a line', accessLine({ at, status: 200, ...used }).slice(0, -1)],
  ['another route', accessLine({ at, status: 200, ...used }, { resource: '/account/keys' })],
  ['no route', accessLine({ at, status: 403 }, { resource: '-' })],
  ['no status', accessLine({ at, status: 200, ...used }, { status: '-' })],
  ['a status that is none', accessLine({ at, status: 200, ...used }, { status: '99999' })],
  ['another message', JSON.stringify({ message: 'authorizer failed', keyId: used.keyId })],
  ['a metric', JSON.stringify({ _aws: {}, AuthorizerRefusals: 1, reason: 'revoked' })],
  ['a key id in another form', refusalLine({ at, reason: 'revoked', keyId: 'batch#abc' })],
  ['a key id that is no text', JSON.stringify({ message: 'refused', keyId: { S: used.keyId } })],
])('%s is no line of ours, and does no harm', (_, text) => {
  expect(readLogLine(text, at)).toBeUndefined();
});

describe('the traffic of a batch', () => {
  const request = (more: Partial<Extract<LogLine, { kind: 'request' }>> = {}): LogLine => ({
    kind: 'request',
    at,
    status: 200,
    key: used,
    ...more,
  });
  const stranger = (status: number, more: object = {}): LogLine => ({ kind: 'request', at, status, ...more });

  test('is what each key adds: refusals by status, networks, the first and the last request', () => {
    expect(
      trafficOf([
        request({ at: at + 1, network: '198.51.100.0/24' }),
        request({ at, network: '198.51.100.0/24', status: 429 }),
        request({ at: at + 9, network: '203.0.113.0/24', status: 429 }),
        request({ at: at + 3, status: 403 }),
        request({ at: at + 4, status: 500 }),
        { kind: 'refusal', at: at + 2, key: used },
      ]),
    ).toEqual([
      {
        subject: 'key#abcdefghijkl',
        subscriptionId: 'sub_1',
        tier: 'pro',
        firstAt: at,
        lastAt: at + 9,
        refused: { 401: 1, 403: 1, 429: 2 },
        networks: ['198.51.100.0/24', '203.0.113.0/24'],
      },
    ] satisfies Addition[]);
  });

  test('tells subscription and tier as of the last request, in whatever order the lines come', () => {
    const lines = [
      request({ at: at + 2, key: { ...used, tier: 'enterprise' } }),
      request({ at: at + 1, key: { ...used, tier: 'free' } }),
    ];
    for (const order of [lines, lines.toReversed()]) {
      expect(trafficOf(order)).toMatchObject([{ tier: 'enterprise' }]);
    }
  });

  test('counts what is refused without a key at the API, and keeps no network of a stranger’s', () => {
    expect(
      trafficOf([
        stranger(401, { network: '198.51.100.0/24' }),
        stranger(403),
        stranger(429),
        stranger(401),
        stranger(200, { network: '203.0.113.0/24' }),
        stranger(503, { network: '203.0.113.0/24' }),
      ]),
    ).toEqual([
      {
        subject: 'api',
        firstAt: at,
        lastAt: at,
        refused: { 401: 2, 403: 1, 429: 1 },
        networks: [],
      },
    ]);
  });

  test('keeps a bounded number of networks of each key', () => {
    const lines = Array.from({ length: 500 }, (_, index) =>
      request({ status: 403, network: `10.0.${index}.0/24` }),
    );
    expect(trafficOf(lines)).toMatchObject([{ networks: { length: mostNetworks }, refused: { 403: 500 } }]);
  });

  test('has an item for no more than the keys that were accepted or refused, and the API', () => {
    const line = fc.record({
      status: fc.constantFrom(200, 400, 401, 403, 429, 503),
      key: fc.option(fc.constantFrom('aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'), { nil: undefined }),
      by: fc.constantFrom('request', 'refusal'),
      at: fc.integer({ min: at, max: at + 3_600_000 }),
    });
    fc.assert(
      fc.property(fc.array(line), (drafts) => {
        const lines = drafts.flatMap(({ key: keyId, by, ...rest }): LogLine[] => {
          const key = keyId === undefined ? {} : { key: { keyId } };
          if (by === 'request') return [{ kind: 'request', ...rest, ...key }];
          return keyId === undefined ? [] : [{ kind: 'refusal', at: rest.at, key: { keyId } }];
        });
        const additions = trafficOf(lines);
        const refusals = lines.filter((it) => it.kind === 'refusal' || [401, 403, 429].includes(it.status));
        const counted = additions.flatMap(({ refused }) => Object.values(refused));
        expect(counted.reduce((sum, count) => sum + count, 0)).toBe(refusals.length);
        const keys = new Set(lines.flatMap(({ key }) => (key === undefined ? [] : [`key#${key.keyId}`])));
        const subjects = additions.map(({ subject }) => subject);
        expect(subjects.filter((subject) => subject !== 'api')).toEqual([...keys].sort());
        for (const { firstAt, lastAt } of additions) expect(firstAt).toBeLessThanOrEqual(lastAt);
      }),
    );
  });
});
