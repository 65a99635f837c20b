import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorizerContext } from '../../functions/authorizer/contract.ts';
import { acceptance } from '../../functions/authorizer/rules/acceptance.ts';
import { presentedKey } from '../../functions/authorizer/rules/presented-key.ts';

describe('the presented key', () => {
  it.each([
    ['X-API-Key', 'X-API-Key'],
    ['x-api-key', 'as HTTP/2 sends it'],
    ['X-Api-Key', 'as API Gateway hands it over'],
    ['X-API-KEY', 'in capitals'],
  ])('is found under %s, %s', (name) => {
    expect(presentedKey({ headers: { [name]: 'k' }, multiValueHeaders: { [name]: ['k'] } })).toBe('k');
    expect(presentedKey({ headers: { [name]: 'k' }, multiValueHeaders: null })).toBe('k');
    expect(presentedKey({ headers: null, multiValueHeaders: { [name]: ['k'] } })).toBe('k');
  });

  it('is whatever the case of the header’s name', () => {
    const cases = fc
      .array(fc.boolean(), { minLength: 9, maxLength: 9 })
      .map((upper) => [...'x-api-key'].map((c, i) => (upper[i] ? c.toUpperCase() : c)).join(''));
    fc.assert(
      fc.property(cases, fc.string(), (name, value) => {
        expect(
          presentedKey({ headers: { Host: 'h' }, multiValueHeaders: { Host: ['h'], [name]: [value] } }),
        ).toBe(value);
      }),
    );
  });

  it.each([
    ['no headers at all', { headers: null, multiValueHeaders: null }],
    ['other headers only', { headers: { Authorization: 'k' }, multiValueHeaders: { 'X-API-Keys': ['k'] } }],
    ['the header twice', { headers: { 'X-API-Key': 'b' }, multiValueHeaders: { 'X-API-Key': ['a', 'b'] } }],
    ['the same key twice', { headers: { 'X-API-Key': 'a' }, multiValueHeaders: { 'X-API-Key': ['a', 'a'] } }],
    [
      'two spellings of the header',
      { headers: null, multiValueHeaders: { 'X-API-Key': ['a'], 'x-api-key': ['b'] } },
    ],
    [
      'two spellings among single values',
      { headers: { 'X-API-Key': 'a', 'x-api-key': 'b' }, multiValueHeaders: {} },
    ],
  ])('is none where there is %s: nobody can say which one was meant', (_, event) => {
    expect(presentedKey(event)).toBeUndefined();
  });

  it('is taken as it is: an empty one stays empty, and nothing is trimmed', () => {
    expect(presentedKey({ headers: {}, multiValueHeaders: { 'X-API-Key': [''] } })).toBe('');
    expect(presentedKey({ headers: {}, multiValueHeaders: { 'X-API-Key': [' k '] } })).toBe(' k ');
  });
});

describe('an acceptance', () => {
  const key = { keyId: 'AAAAAAAAAAAA', subscriptionId: 'sub_x', tier: 'pro', usageKey: 'opaque-usage-key' };
  const stage = 'arn:aws:execute-api:eu-central-1:111122223333:abc123/prod';
  const at = Date.parse('2026-11-30T23:59:00Z');
  const accept = (method = 'POST/decisions/evaluate') => acceptance(`${stage}/${method}`, key, 7, 10_000, at);

  it('allows the whole stage and nothing beyond it, for the cache knows neither method nor path', () => {
    for (const method of ['POST/decisions/evaluate', 'GET/usage', 'GET/', 'GET']) {
      expect(accept(method).policyDocument).toEqual({
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${stage}/*` }],
      });
    }
  });

  it('meters by the subscription’s usage key and names the key as principal', () => {
    expect(accept()).toMatchObject({ principalId: key.keyId, usageIdentifierKey: key.usageKey });
  });

  it('describes the caller in strings only, as the functions behind it read them, and does not hand on the usage key', () => {
    const { context } = accept();
    expect(context).toEqual({
      keyId: 'AAAAAAAAAAAA',
      subscriptionId: 'sub_x',
      tier: 'pro',
      secretVersion: '7',
      requestsPerMonth: '10000',
      rateLimitPolicy: '"month";q=10000;w=2592000',
      rateLimitExhausted: '"month";r=0;t=60',
      secondsToReset: '60',
    });
    expect(authorizerContext.parse(context)).toEqual(context);
    expect(JSON.stringify(context)).not.toContain(key.usageKey);
  });

  it('takes the month from the request’s own time', () => {
    const later = acceptance(`${stage}/GET/usage`, key, 7, 10_000, at + 60_000).context;
    expect(later).toMatchObject({ rateLimitPolicy: '"month";q=10000;w=2678400', secondsToReset: '2678400' });
  });
});
