import { afterEach, expect, it } from 'vitest';
import { allow, api, authorized, authorizer, method, start, stopAll, withKey } from './support.ts';

afterEach(stopAll);

const cached = (properties: Record<string, unknown> = {}) =>
  api(
    method('GET', '/thing', authorized),
    method('GET', '/other', authorized),
    authorizer({ AuthorizerResultTtlInSeconds: 300, ...properties }),
  );
const asked = (calls: string[]) => calls.filter((name) => name === 'authorizer').length;

it('asks for every request where the cache is off', async () => {
  const gateway = await start(cached({ AuthorizerResultTtlInSeconds: 0 }));
  await gateway.send('GET', '/thing', withKey);
  await gateway.send('GET', '/thing', withKey);
  expect(asked(gateway.calls)).toBe(2);
});

it('reuses a policy for the same identity until its time is over on the clock', async () => {
  const gateway = await start(cached());
  await gateway.send('GET', '/thing', withKey);
  await gateway.send('GET', '/thing', withKey);
  expect(asked(gateway.calls)).toBe(1);
  await gateway.send('GET', '/thing', { headers: { 'X-API-Key': 'another' } });
  expect(asked(gateway.calls)).toBe(2);
  await gateway.clock.moveTo(gateway.clock.now() + 301_000);
  await gateway.send('GET', '/thing', withKey);
  expect(asked(gateway.calls)).toBe(3);
});

it('evaluates a cached policy against the method at hand: method and path are not part of the key', async () => {
  const gateway = await start(cached(), { authorizer: ({ methodArn }) => allow({}, String(methodArn)) });
  expect((await gateway.send('GET', '/thing', withKey)).status).toBe(200);
  expect((await gateway.send('GET', '/other', withKey)).status).toBe(403);
  expect(asked(gateway.calls)).toBe(1);
});

it('keeps a Deny', async () => {
  const gateway = await start(cached(), { authorizer: () => allow({}, '*', 'Deny') });
  expect((await gateway.send('GET', '/thing', withKey)).status).toBe(403);
  expect((await gateway.send('GET', '/thing', withKey)).status).toBe(403);
  expect(asked(gateway.calls)).toBe(1);
});

it.each(['Unauthorized', 'boom'])('keeps no error (%s)', async (message) => {
  const gateway = await start(cached(), {
    authorizer: () => {
      throw new Error(message);
    },
  });
  await gateway.send('GET', '/thing', withKey);
  await gateway.send('GET', '/thing', withKey);
  expect(asked(gateway.calls)).toBe(2);
});

it('takes identities from query, stage and context too, and needs all of them', async () => {
  const gateway = await start(
    cached({
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: 'method.request.querystring.token, context.httpMethod,method.request.header.x-api-key',
    }),
  );
  expect((await gateway.send('GET', '/thing', withKey)).status).toBe(401);
  expect((await gateway.send('GET', '/thing?token=1')).status).toBe(401);
  expect((await gateway.send('GET', '/thing?token=1', withKey)).status).toBe(200);
});
