import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ResolvedResource } from '../../local/model.ts';
import { callAs, newSubscriber, type Subscriber } from './account-support.ts';
import { openAlert } from './alerts-support.ts';
import { contentsOf } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** A second user walks every route of the template: with every id of the first one, with a token of its own, with none. */

interface Route {
  readonly method: string;
  readonly path: string;
  readonly authorizer: 'account' | 'key' | 'none';
}

let stack: TestStack;
let victim: Subscriber;
let attacker: Subscriber;
let routes: readonly Route[];
let secret: { keyId: string; apiKey: string; subscriptionId: string };
let alertId: string;

/** Routes that anybody may call: each authorizes in a way of its own, or tells nothing about anybody. */
const open = [
  'GET /claim',
  'GET /health',
  'GET /openapi.json',
  'POST /claims',
  'POST /claims/dispute',
  'POST /claims/renew',
  'POST /claims/stored',
  'POST /webhooks/stripe',
];

beforeAll(async () => {
  stack = await startTestStack();
  routes = routesOf(stack);
  victim = await newSubscriber(stack, 'victim@example.com');
  attacker = await newSubscriber(stack, 'attacker@example.com');
  secret = (await victim.call('POST', '/account/keys', { name: 'the victim’s own' })).body;
  const { subscriptionId, keyId } = secret;
  ({ alertId } = await openAlert(stack, { subscriptionId, keyId }));
  await victim.call('PUT', '/account/settings', { name: 'Victoria Victim' });
  await attacker.call('POST', '/account/keys', {});
  await stack.evaluate(secret.apiKey);
  await stack.streams.whenIdle();
});
afterAll(() => stack.close());

function routesOf({ template }: TestStack): Route[] {
  const resources = new Map(template.byType('AWS::ApiGateway::Resource').map((each) => [each.ref, each]));
  const pathOf = (ref: string): string => {
    const resource = resources.get(ref);
    return resource === undefined
      ? ''
      : `${pathOf(String(resource.properties['ParentId']))}/${resource.properties['PathPart']}`;
  };
  const accountAuthorizer = template
    .byType('AWS::ApiGateway::Authorizer')
    .find(({ properties }) => String(properties['IdentitySource']).includes('Authorization'))?.ref;
  const kind = ({ properties }: ResolvedResource) =>
    properties['AuthorizationType'] !== 'CUSTOM'
      ? 'none'
      : properties['AuthorizerId'] === accountAuthorizer
        ? 'account'
        : 'key';
  return template
    .byType('AWS::ApiGateway::Method')
    .filter(({ properties }) => properties['HttpMethod'] !== 'OPTIONS')
    .map((method) => ({
      method: String(method.properties['HttpMethod']),
      path: pathOf(String(method.properties['ResourceId'])),
      authorizer: kind(method),
    }));
}

/** What a request could carry to name somebody else’s things. */
function forged(): Record<string, string>[] {
  const { subscriptionId, keyId } = secret;
  return [
    { 'X-Subscription-Id': subscriptionId, 'X-Forwarded-User': victim.email, 'X-API-Key': secret.apiKey },
    { 'Idempotency-Key': keyId },
    { 'Idempotency-Key': alertId },
  ];
}

const bodies: Readonly<Record<string, unknown>> = {
  'PUT /account/tier': { tier: 'free' },
  'PUT /account/settings': { name: 'Mallory' },
  'POST /account/keys/{keyId}/stored': { version: 1 },
  'PUT /account/keys/{keyId}/suspension': { suspended: true },
  'POST /account/alerts/{alertId}/answer': { answer: 'rotate' },
};

/** The path with ids in the places of its parameters. */
const withId = (path: string, keyId: string, ofAlert = alertId) =>
  path.replace('{keyId}', keyId).replace('{alertId}', ofAlert);

/** What a text gives away of the victim. @param sent what the attacker sent, which a refusal may repeat */
function traces(text: string, sent: readonly string[] = []): string[] {
  const { subscriptionId, keyId, apiKey } = secret;
  const known = [
    subscriptionId,
    keyId,
    alertId,
    apiKey.slice(18),
    victim.email,
    'Victoria',
    'the victim’s own',
  ].filter((each) => !sent.includes(each));
  return known.filter((each) => text.includes(each));
}

describe('one subscriber and another’s things', () => {
  test('the walk knows every route of the template, and which are open to everybody', () => {
    expect(routes.length).toBeGreaterThan(18);
    const named = (kind: Route['authorizer']) =>
      routes.filter(({ authorizer }) => authorizer === kind).map(({ method, path }) => `${method} ${path}`);
    expect(named('none').toSorted()).toEqual(open);
    expect(named('key').toSorted()).toEqual(['GET /usage', 'POST /decisions/evaluate']);
    expect(named('account').every((each) => each.includes(' /account'))).toBe(true);
  });

  test('without a token nothing of an account is answered, and nothing is done', async () => {
    const before = await contentsOf(stack);
    for (const { method, path } of routes.filter(({ authorizer }) => authorizer === 'account')) {
      for (const headers of [{}, ...forged()]) {
        const answer = await callAs(stack, undefined, method, withId(path, secret.keyId), undefined, headers);
        expect([method, path, answer.status]).toEqual([method, path, 401]);
        expect(traces(answer.text)).toEqual([]);
      }
    }
    expect(await contentsOf(stack)).toEqual(before);
  });

  test('with a second user’s token each route that names a key or an alert answers as if there were none', async () => {
    const naming = routes.filter(({ path }) => path.includes('{'));
    expect(naming).toHaveLength(8);
    const before = await contentsOf(stack);
    const unknown = 'aaaaaaaaaaaa';
    const unknownAlert = `alert_${'Z'.repeat(26)}`;
    for (const { method, path } of naming) {
      for (const headers of [{}, ...forged()]) {
        const body = bodies[`${method} ${path}`];
        const answer = await attacker.call(method, withId(path, secret.keyId), body, headers);
        const nothing = await attacker.call(method, withId(path, unknown, unknownAlert), body, headers);
        expect([method, path, answer.status]).toEqual([method, path, 404]);
        const comparable = ({ body }: typeof answer, ...ids: string[]) =>
          ids.reduce((text, id) => text.replaceAll(id, ''), JSON.stringify({ ...body, requestId: '' }));
        expect(comparable(answer, secret.keyId, alertId)).toBe(comparable(nothing, unknown, unknownAlert));
        expect(traces(answer.text, [secret.keyId, alertId])).toEqual([]);
      }
    }
    expect(await contentsOf(stack)).toEqual(before);
    expect((await stack.evaluate(secret.apiKey)).status).toBe(200);
  });

  test('with a second user’s token every other route tells of that user alone, however ids are forged', async () => {
    const others = routes.filter(
      ({ authorizer, path, method }) =>
        authorizer === 'account' && !path.includes('{') && `${method} ${path}` !== 'DELETE /account',
    );
    const mine = async () => JSON.stringify([await victim.call('GET', '/account'), await victimsRecord()]);
    const before = await mine();
    for (const { method, path } of others) {
      const body = bodies[`${method} ${path}`] ?? (method === 'GET' ? undefined : {});
      for (const headers of [{}, ...forged()]) {
        const { status, text } = await attacker.call(method, path, body, headers);
        expect([method, path, [200, 201, 409].includes(status), status]).toEqual([
          method,
          path,
          true,
          status,
        ]);
        expect([method, path, traces(text)]).toEqual([method, path, []]);
      }
      for (const query of [
        `?subscriptionId=${secret.subscriptionId}`,
        `?email=${victim.email}`,
        `?owner=x`,
      ]) {
        const { status, text } = await attacker.call(method, `${path}${query}`, body);
        expect([method, path, status]).toEqual([method, path, 400]);
        expect(traces(text)).toEqual([]);
      }
      if (method === 'GET') continue;
      const naming = { ...(body as object), subscriptionId: secret.subscriptionId, keyId: secret.keyId };
      const { status, text } = await attacker.call(method, path, naming);
      expect([method, path, status]).toEqual([method, path, 400]);
      expect(traces(text)).toEqual([]);
    }
    expect(await mine()).toBe(before);
  });

  test('the record of another’s key is not told, by id or by a cursor made for it', async () => {
    expect((await attacker.call('GET', `/account/audit?keyId=${secret.keyId}`)).status).toBe(404);
    const position = { [secret.subscriptionId]: 100, [secret.keyId]: 100 };
    const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
    const { status, text } = await attacker.call('GET', `/account/audit?cursor=${cursor}&limit=100`);
    expect(status).toBe(200);
    expect(traces(text)).toEqual([]);
    const keys = Buffer.from(JSON.stringify(secret.keyId)).toString('base64url');
    expect(traces((await attacker.call('GET', `/account/keys?cursor=${keys}`)).text)).toEqual([]);
    // Just behind it is the victim's: what lies behind a forged place is the attacker's own all the same.
    const behind = Buffer.from(JSON.stringify(`alert_${'Z'.repeat(26)}`)).toString('base64url');
    const told = await attacker.call('GET', `/account/alerts?status=all&cursor=${behind}`);
    expect([told.status, told.body.alerts]).toEqual([200, []]);
  });

  test('deleting one’s account leaves the other’s', async () => {
    expect((await attacker.call('DELETE', '/account')).status).toBe(200);
    expect((await victim.call('GET', '/account')).status).toBe(200);
    expect((await stack.evaluate(secret.apiKey)).status).toBe(200);
  });
});

async function victimsRecord(): Promise<unknown> {
  return (await victim.call('GET', '/account/audit?limit=100')).body.entries;
}

describe('a browser', () => {
  test('may call the account’s routes from the dashboard’s origin, and from no other', async () => {
    for (const path of new Set(
      routes.filter(({ authorizer }) => authorizer === 'account').map((route) => route.path),
    )) {
      const preflight = await stack.request('OPTIONS', withId(path, secret.keyId), {
        Origin: 'https://evil.example.com',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      });
      expect([path, preflight.status]).toEqual([path, 204]);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(stack.dashboardUrl);
      expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Idempotency-Key/);
    }
    const answer = await victim.call('GET', '/account', undefined, { Origin: 'https://evil.example.com' });
    expect(answer.headers.get('access-control-allow-origin')).toBe(stack.dashboardUrl);
    expect(answer.headers.get('vary')).toContain('Origin');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});
