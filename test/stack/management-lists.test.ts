import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fleet, fleetOf, times } from './fleet-support.ts';
import { contentsOf, type GeneratedKey, keyItem, refusalOf, subscriptionItem } from './management-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let fleet: Fleet;
/** Twelve keys of one subscription, in the order of their ids: ten of them revoked. */
let keys: GeneratedKey[];
let others: GeneratedKey[];
const email = 'many@example.com';
beforeAll(async () => {
  stack = await startTestStack();
  fleet = fleetOf(stack);
  const made: GeneratedKey[] = [];
  others = [];
  for (let index = 0; index < 12; index++) {
    const key = await fleet.generate({ email, name: `number ${index}` });
    made.push(key);
    if (index < 10) await fleet.revoke({ keyId: key.keyId });
    if (index < 3) others.push(await fleet.generate({ email: 'other@example.com' }));
  }
  keys = made.toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
});
afterAll(() => stack.close());

const subscriptionId = () => keys[0]?.subscriptionId ?? '';
const ids = (list: readonly { keyId: string }[]) => list.map(({ keyId }) => keyId);
const unknownSubscription = `sub_${'0'.repeat(20)}`;
const cursorOf = (position: unknown) => Buffer.from(JSON.stringify(position)).toString('base64url');

/** All pages, one after the other. */
async function pagesOf(
  limit: number | undefined,
  between: (page: number) => Promise<unknown> = async () => {},
) {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await fleet.list({
      subscriptionId: subscriptionId(),
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    pages.push(ids(page.keys));
    cursor = page.cursor;
    await between(pages.length);
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

describe('list-keys', () => {
  test('lists every key of the subscription as get-key tells it, revoked ones too, and none of another', async () => {
    const { keys: listed } = await fleet.list({ subscriptionId: subscriptionId() });
    expect(ids(listed)).toEqual(ids(keys));
    expect(listed).toEqual(await Promise.all(keys.map(({ keyId }) => fleet.get({ keyId }))));
    const revoked = listed.filter(({ status }) => status === 'revoked');
    expect(revoked).toHaveLength(10);
    expect(ids(await fleet.list({ email: 'other@example.com' }).then((list) => list.keys))).toEqual(
      ids(others).toSorted(),
    );
  });

  test.each([email, 'Many@Example.com', 'MANY@EXAMPLE.COM'])(
    'finds the subscription of %s',
    async (address) => {
      const byId = await fleet.list({ subscriptionId: subscriptionId() });
      expect(await fleet.list({ email: address })).toEqual(byId);
    },
  );

  test.each([1, 5, 6, 11, 12, 13, 100])('gives pages of %d without loss or repetition', async (limit) => {
    const pages = await pagesOf(limit);
    expect(pages.flat()).toEqual(ids(keys));
    for (const page of pages) expect(page.length).toBeLessThanOrEqual(limit);
    expect(pages.length).toBeLessThanOrEqual(Math.floor(12 / limit) + 1);
  });

  test('loses no key to what happens between two pages', async () => {
    const email = 'moving@example.com';
    const moving = await Promise.all(times(4, () => fleet.generate({ email })));
    const first = await fleet.list({ email, limit: 2 });
    // One that was told, one that is about to be, and one that is new.
    const sorted = ids(moving).toSorted();
    for (const index of [0, 2]) await fleet.revoke({ keyId: sorted[index] });
    const added = await fleet.generate({ email });
    const second = await fleet.list({ email, limit: 100, cursor: first.cursor });
    expect(ids(first.keys)).toEqual(sorted.slice(0, 2));
    expect(ids(second.keys).filter((keyId) => keyId !== added.keyId)).toEqual(sorted.slice(2));
    expect(second.keys[0]?.keyId === added.keyId || second.keys[0]?.status === 'revoked').toBe(true);
    expect(second).not.toHaveProperty('cursor');
  });

  test.each([
    ['empty', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{{').toString('base64url')],
    ['an object', cursorOf({ keyId: '000000000000' })],
    ['a number', cursorOf(1)],
    ['null', cursorOf(null)],
    ['a short id', cursorOf('00000000000')],
    ['an id with a sign that ids lack', cursorOf('00000000000#')],
    ['a subscription id', cursorOf(unknownSubscription)],
    ['a list', cursorOf(['000000000000'])],
  ])('refuses a cursor that is %s', async (_, cursor) => {
    expect(await refusalOf(fleet.list({ subscriptionId: subscriptionId(), cursor }))).toEqual({
      type: 'ValidationError',
      message: 'cursor: must be the cursor of an earlier answer',
    });
  });

  test('gives nothing of another subscription for its cursor, and takes a forged position as one of this list', async () => {
    const { cursor } = await fleet.list({ email: 'other@example.com', limit: 1 });
    expect(cursor).toBeDefined();
    const page = await fleet.list({ subscriptionId: subscriptionId(), cursor });
    const position = ids(others).toSorted()[0] ?? '';
    expect(ids(page.keys)).toEqual(ids(keys).filter((keyId) => keyId > position));
    const beginning = await fleet.list({
      subscriptionId: subscriptionId(),
      cursor: cursorOf('000000000000'),
    });
    expect(ids(beginning.keys)).toEqual(ids(keys));
    expect(await fleet.list({ subscriptionId: subscriptionId(), cursor: cursorOf('zzzzzzzzzzzz') })).toEqual({
      keys: [],
    });
  });

  test('contains no secret, hash or ciphertext', async () => {
    const address = 'bare@example.com';
    const first = await fleet.generate({ email: address });
    const { keyId } = first;
    const second = await fleet.rotate({ keyId, graceHours: 1, idempotencyKey: 'bare' });
    const { secrets, handover, usageKey } = await keyItem(stack, keyId);
    const text = JSON.stringify(await fleet.list({ email: address }));
    expect(text).toContain(usageKey);
    const forbidden = [
      ...secrets.map(({ hash }) => hash),
      handover?.ciphertext ?? 'no ciphertext',
      ...[first, second].map(({ apiKey }) => apiKey.split('_')[2] ?? ''),
    ];
    expect(forbidden).toHaveLength(5);
    for (const secret of forbidden) expect(text.includes(secret)).toBe(false);
    expect(text).not.toMatch(/"(hash|ciphertext|secrets?|apiKey)"/);
  });

  test.each([
    ['nothing', {}],
    ['both', { subscriptionId: unknownSubscription, email }],
  ])('of %s is a ValidationError', async (_, payload) => {
    for (const read of [fleet.list, fleet.subscription]) {
      expect(await refusalOf(read(payload))).toEqual({
        type: 'ValidationError',
        message: 'payload: must have exactly one of subscriptionId and email',
      });
    }
  });

  test.each([0, -1, 101, 1.5, '5', null])('refuses a limit of %j', async (limit) => {
    expect(await refusalOf(fleet.list({ email, limit }))).toEqual({
      type: 'ValidationError',
      message: 'limit: must be a whole number from 1 to 100',
    });
  });
});

describe('get-subscription', () => {
  test('tells everything about a subscription but its salt, by id and by e-mail in any case', async () => {
    const { salt, ...item } = await subscriptionItem(stack, subscriptionId());
    expect(salt).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(await fleet.subscription({ subscriptionId: subscriptionId() })).toEqual(item);
    expect(await fleet.subscription({ email: 'MANY@example.com' })).toEqual(item);
    expect(item.keyIds.toSorted()).toEqual(
      ids((await fleet.list({ email })).keys.filter(({ status }) => status !== 'revoked')),
    );
  });

  test.each([`email#${email}`, 'counter#usage-keys', 'platform', `idempotency#${'0'.repeat(64)}`])(
    'reads no other item of the table: %s',
    async (subscriptionId) => {
      for (const read of [fleet.list, fleet.subscription]) {
        expect(await refusalOf(read({ subscriptionId }))).toMatchObject({ type: 'ValidationError' });
        expect(await refusalOf(read({ email: subscriptionId }))).toMatchObject({
          type: expect.stringMatching(/^(ValidationError|NotFoundError)$/),
        });
      }
    },
  );
});

test('both reads: unknown is a NotFoundError that repeats no address, and nothing is ever written', async () => {
  const before = await contentsOf(stack);
  for (const read of [fleet.list, fleet.subscription]) {
    expect(await refusalOf(read({ subscriptionId: unknownSubscription }))).toEqual({
      type: 'NotFoundError',
      message: `there is no subscription ${unknownSubscription}`,
    });
    expect(await refusalOf(read({ email: 'nobody@example.com' }))).toEqual({
      type: 'NotFoundError',
      message: 'there is no subscription with that address',
    });
    await read({ email });
    expect(await refusalOf(read({ email, requestedBy: 'me' }))).toMatchObject({
      type: 'ValidationError',
    });
  }
  expect(await contentsOf(stack)).toEqual(before);
});
