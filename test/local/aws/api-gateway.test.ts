import {
  APIGatewayClient,
  CreateApiKeyCommand,
  type CreateApiKeyCommandInput,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetUsageCommand,
  GetUsagePlanCommand,
  GetUsagePlanKeyCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
  paginateGetApiKeys,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiGatewayControl, createApiGatewayControl } from '../../../local/aws/api-gateway/control.ts';
import type { ApiKey } from '../../../local/aws/api-gateway/key-store.ts';
import { createClock } from '../../../local/clock.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import { openState, type State } from '../../../local/state.ts';
import type { UsageLedger } from '../../../local/usage.ts';
import { clientConfig, environment, resource, role, roleArn, startEndpoint, statement } from './support.ts';

const plan = (id: string, stage: string, more: Record<string, unknown> = {}): ResolvedResource =>
  resource('AWS::ApiGateway::UsagePlan', `Plan-${id}`, id, {
    UsagePlanName: `plan ${id}`,
    ApiStages: [{ ApiId: 'api1', Stage: stage }],
    Quota: { Limit: 100, Period: 'MONTH' },
    Throttle: { RateLimit: 2.5, BurstLimit: 5 },
    ...more,
  });
/** `free` and `pro` belong to one stage; each of `other0` to `other9` to its own. */
const plans = [
  plan('free', 'live'),
  plan('pro', 'live'),
  resource('AWS::ApiGateway::UsagePlan', 'Unlimited', 'unlimited', {}),
  ...Array.from({ length: 10 }, (_, index) => plan(`other${index}`, `stage${index}`)),
];
const counts: Record<string, number> = { '2026-10-31': 7, '2026-11-01': 30, '2026-11-03': 90 };
const ledger: UsageLedger = { daily: (planId) => (planId === 'free' ? counts : {}) };
const create = (state: State, some = plans): ApiGatewayControl =>
  createApiGatewayControl({
    environment,
    clock: createClock({ state }),
    state,
    plans: some,
    ledger: () => ledger,
  });

const roles = [
  role('maker', [
    statement('apigateway:POST', `arn:aws:apigateway:${environment.region}::/apikeys`),
    statement('apigateway:GET', `arn:aws:apigateway:${environment.region}::/usageplans/*/keys/*`),
  ]),
];

let state = openState(':memory:');
let control = create(state);
// One endpoint for all tests; the control plane behind it is new for each.
const endpoint = await startEndpoint(
  [{ signingName: 'apigateway', handle: (request) => control.handle(request) }],
  roles,
);
const client = new APIGatewayClient(clientConfig(endpoint.url));
beforeEach(() => {
  state.close();
  state = openState(':memory:');
  control = create(state);
});
afterAll(async () => {
  await endpoint.close();
  state.close();
});

const value = 'abcdefghij0123456789';
const make = (input: CreateApiKeyCommandInput = {}) => client.send(new CreateApiKeyCommand(input));
const attach = (keyId: string | undefined, usagePlanId = 'free', keyType = 'API_KEY') =>
  client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType }));

describe('API keys', () => {
  test('a key is disabled unless it is made enabled', async () => {
    await expect(make()).resolves.toMatchObject({ enabled: false });
    await expect(make({ enabled: true })).resolves.toMatchObject({ enabled: true });
  });

  test('a key comes back with what it was made of, its value on demand only', async () => {
    const { id: apiKey, createdDate } = await make({
      name: 'sub1/free',
      description: 'why',
      value,
      tags: { tier: 'free' },
      generateDistinctId: true,
    });
    expect(Math.abs(Date.now() - (createdDate?.getTime() ?? 0))).toBeLessThan(60_000);
    const known = await client.send(new GetApiKeyCommand({ apiKey }));
    expect(known).toMatchObject({
      id: apiKey,
      name: 'sub1/free',
      description: 'why',
      tags: { tier: 'free' },
    });
    expect(known.value).toBeUndefined();
    await expect(client.send(new GetApiKeyCommand({ apiKey, includeValue: true }))).resolves.toMatchObject({
      value,
    });
  });

  test('without a value one is generated', async () => {
    expect((await make()).value).toMatch(/^[A-Za-z0-9]{40}$/);
  });

  test.each([
    [19, 'API Key value should be at least 20 characters'],
    [129, 'API Key value should be at most 128 characters'],
  ])('a value of %i characters is refused', async (length, message) => {
    await expect(make({ value: 'x'.repeat(length) })).rejects.toMatchObject({
      name: 'BadRequestException',
      message,
    });
  });

  test('no two keys have the same value', async () => {
    await make({ value });
    await expect(make({ value })).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'API Key already exists',
    });
  });

  test('a key is renamed, described, enabled and disabled', async () => {
    const { id: apiKey } = await make({ value });
    const update = (path: string, to: string) =>
      client.send(new UpdateApiKeyCommand({ apiKey, patchOperations: [{ op: 'replace', path, value: to }] }));
    await expect(update('/enabled', 'true')).resolves.toMatchObject({ enabled: true });
    await expect(update('/name', 'new')).resolves.toMatchObject({ name: 'new' });
    await expect(update('/description', 'why')).resolves.toMatchObject({ description: 'why' });
    expect(control.registry.findByValue(value)).toMatchObject({ enabled: true, name: 'new' });
    await update('/enabled', 'false');
    expect(control.registry.findByValue(value)).toMatchObject({ enabled: false });
    await expect(update('/customerId', 'x')).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(update('/enabled', 'maybe')).rejects.toMatchObject({ name: 'BadRequestException' });
  });

  test('a deleted key is gone, off its plans too, and its value is free again', async () => {
    const { id: apiKey } = await make({ value });
    await attach(apiKey);
    await client.send(new DeleteApiKeyCommand({ apiKey }));
    expect(control.registry.findByValue(value)).toBeUndefined();
    await expect(client.send(new GetUsagePlanKeysCommand({ usagePlanId: 'free' }))).resolves.toMatchObject({
      items: [],
    });
    const notFound = { name: 'NotFoundException', message: 'Invalid API Key identifier specified' };
    await expect(client.send(new GetApiKeyCommand({ apiKey }))).rejects.toMatchObject(notFound);
    await expect(client.send(new DeleteApiKeyCommand({ apiKey }))).rejects.toMatchObject(notFound);
    await expect(make({ value })).resolves.toMatchObject({ value });
  });

  test('paging visits each key once, also while others are deleted', async () => {
    const made = await Promise.all(Array.from({ length: 7 }, (_, index) => make({ name: `a${index}` })));
    await make({ name: 'b' });
    const seen: (string | undefined)[] = [];
    for await (const page of paginateGetApiKeys({ client, pageSize: 2 }, { nameQuery: 'a' })) {
      seen.push(...(page.items ?? []).map((key) => key.id));
      expect(page.items?.length).toBeLessThanOrEqual(2);
      // The last one seen is deleted: the next page must neither fail nor skip anything.
      if (seen.length === 2) await client.send(new DeleteApiKeyCommand({ apiKey: seen[1] }));
    }
    expect(seen.toSorted()).toEqual(made.map((key) => key.id).toSorted());
    await expect(client.send(new GetApiKeysCommand({ position: 'no!' }))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    const all = await client.send(new GetApiKeysCommand({ includeValues: true }));
    expect(all.items?.every((key) => key.value !== undefined)).toBe(true);
    expect(all.position).toBeUndefined();
  });

  test('10,000 keys are the most that an account has', async () => {
    const keys = state.map<ApiKey>('api-gateway-keys');
    state.atomically(() => {
      for (let index = 0; index < 9_999; index += 1) {
        const id = `key${index}`;
        keys.put(id, {
          id,
          value: `${value}${index}`,
          name: '',
          enabled: true,
          createdAt: 0,
          updatedAt: 0,
          tags: {},
        });
      }
    });
    control = create(state);
    await make();
    await expect(make()).rejects.toMatchObject({
      name: 'LimitExceededException',
      $metadata: { httpStatusCode: 429 },
    });
  });
});

describe('usage plans', () => {
  test('the plans are the template’s', async () => {
    const { items } = await client.send(new GetUsagePlansCommand({}));
    expect(items).toHaveLength(plans.length);
    await expect(client.send(new GetUsagePlanCommand({ usagePlanId: 'free' }))).resolves.toMatchObject({
      id: 'free',
      name: 'plan free',
      apiStages: [{ apiId: 'api1', stage: 'live' }],
      quota: { limit: 100, period: 'MONTH' },
      throttle: { rateLimit: 2.5, burstLimit: 5 },
    });
  });

  test('a key is attached, found by its plan, and taken off again', async () => {
    const { id: keyId } = await make({ name: 'sub1', value });
    await expect(attach(keyId)).resolves.toMatchObject({ id: keyId, type: 'API_KEY', name: 'sub1' });
    expect(control.registry.plansOf(keyId ?? '')).toEqual(['free']);
    const one = { usagePlanId: 'free', keyId };
    await expect(client.send(new GetUsagePlanKeyCommand(one))).resolves.toMatchObject({ id: keyId });
    const listed = await client.send(new GetUsagePlanKeysCommand({ usagePlanId: 'free' }));
    expect(listed.items?.map((key) => key.id)).toEqual([keyId]);
    const itsPlans = await client.send(new GetUsagePlansCommand({ keyId }));
    expect(itsPlans.items?.map((found) => found.id)).toEqual(['free']);
    await client.send(new DeleteUsagePlanKeyCommand(one));
    expect(control.registry.plansOf(keyId ?? '')).toEqual([]);
    await expect(client.send(new GetUsagePlanKeyCommand(one))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  test('unknown plans, unknown keys and second attachments are refused', async () => {
    const { id } = await make();
    await expect(attach(id, 'nowhere')).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Invalid Usage Plan ID specified',
    });
    await expect(attach('nobody')).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(attach(id, 'free', 'OTHER')).rejects.toMatchObject({ name: 'BadRequestException' });
    await attach(id);
    await expect(attach(id)).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test('a key is in one plan only of those for the same stage', async () => {
    const { id } = await make();
    await attach(id, 'free');
    await expect(attach(id, 'pro')).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test('a key is in at most 10 plans', async () => {
    const { id } = await make();
    for (let index = 0; index < 10; index += 1) await attach(id, `other${index}`);
    await expect(attach(id, 'free')).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  test('keys and attachments survive a restart', async () => {
    const { id = '' } = await make({ value, enabled: true });
    await attach(id);
    control = create(state);
    expect(control.registry.findByValue(value)).toMatchObject({ id, enabled: true });
    expect(control.registry.plansOf(id)).toEqual(['free']);
  });

  test('an unsupported property of a plan is an error that names it', () => {
    expect(() =>
      create(state, [plan('p', 's', { Quota: { Limit: 1, Period: 'MONTH', Offset: 3 } })]),
    ).toThrow(/"Plan-p": Quota\.Offset/);
    expect(() => create(state, [plan('p', 's', { Colour: 'red' })])).toThrow('Colour is not supported');
  });
});

describe('usage', () => {
  const usage = (startDate: string, endDate: string, more: { keyId?: string; usagePlanId?: string } = {}) =>
    client.send(new GetUsageCommand({ usagePlanId: 'free', startDate, endDate, ...more }));

  test('each day tells what was used and what was left of the month', async () => {
    const { id = '' } = await make();
    await attach(id);
    const { items } = await usage('2026-10-31', '2026-11-03', { keyId: id });
    expect(items).toEqual({
      [id]: [
        [7, 93],
        [30, 70],
        [0, 70],
        [90, 0],
      ],
    });
    // What was used before the first day counts too.
    expect((await usage('2026-11-02', '2026-11-02')).items).toEqual({ [id]: [[0, 70]] });
  });

  test('ranges that make no sense and keys of other plans are refused', async () => {
    const { id = '' } = await make();
    await attach(id, 'pro');
    const badRequest = { name: 'BadRequestException' };
    await expect(usage('2026-11-02', '2026-11-01')).rejects.toMatchObject(badRequest);
    await expect(usage('2026-01-01', '2026-11-01')).rejects.toMatchObject(badRequest);
    await expect(usage('2026-02-30', '2026-03-01')).rejects.toMatchObject(badRequest);
    await expect(usage('2026-11-01', '2026-11-01', { usagePlanId: 'unlimited' })).rejects.toMatchObject(
      badRequest,
    );
    await expect(usage('2026-11-01', '2026-11-01', { keyId: id })).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });
});

describe('refusals', () => {
  test('an operation that is not supported is named', async () => {
    await expect(client.send(new CreateUsagePlanCommand({ name: 'x' }))).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('does not support POST /usageplans'),
    });
  });

  test('a parameter that is not supported is named', async () => {
    await expect(make({ customerId: 'x' })).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'CreateApiKey: customerId is not supported by the local stack',
    });
  });

  test('a role does what its policy allows and nothing else', async () => {
    const credentials = endpoint.iam.credentialsOf(roleArn('maker'));
    const maker = new APIGatewayClient(clientConfig(endpoint.url, credentials));
    const { id = '' } = await maker.send(new CreateApiKeyCommand({ value }));
    await attach(id);
    const one = new GetUsagePlanKeyCommand({ usagePlanId: 'free', keyId: id });
    await expect(maker.send(one)).resolves.toMatchObject({ id });
    await expect(maker.send(new DeleteApiKeyCommand({ apiKey: id }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(
        `apigateway:DELETE on resource: arn:aws:apigateway:eu-central-1::/apikeys/${id}`,
      ),
      $metadata: { httpStatusCode: 403 },
    });
    expect(control.registry.findByValue(value)).toBeDefined();
  });
});
