import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyLocks } from '../../../local/dynamodb/key-locks.ts';

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

test('whatever is locked in whatever order: never two holders of one key, and everybody gets a turn', async () => {
  const request = fc.record({
    keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }),
    turns: fc.nat({ max: 3 }),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 30 }), async (requests) => {
      const locks = createKeyLocks();
      const held = new Set<string>();
      const outcomes = await Promise.allSettled(
        requests.map((one) =>
          locks.hold(one.keys, async () => {
            for (const key of one.keys) {
              expect(held.has(key)).toBe(false);
              held.add(key);
            }
            await turns(one.turns);
            for (const key of one.keys) held.delete(key);
            if (one.fails) throw new Error('meant to fail');
          }),
        ),
      );
      const failures = outcomes.filter(({ status }) => status === 'rejected');
      expect(failures).toHaveLength(requests.filter(({ fails }) => fails).length);
    }),
  );
});

test('work on different keys does not wait', async () => {
  const locks = createKeyLocks();
  let release = () => {};
  const slow = locks.hold(['a'], () => new Promise<void>((resolve) => (release = resolve)));
  await locks.hold(['b'], async () => {});
  await turns(1);
  release();
  await slow;
});
