import { expect, test } from 'vitest';
import { type Intent, intentFor } from '../../dashboard/src/rules/intent.ts';

const minute = 60_000;
let made = 0;
const newKey = () => `key-${++made}`;
const begun: Intent = { what: 'make Production', idempotencyKey: 'first', since: 0 };

test('every try of one act has the same key', () => {
  expect(intentFor('make Production', begun, 8 * minute, newKey)).toBe(begun);
});

test('something else is another act, and so is the same once the first was done', () => {
  const other = intentFor('make Staging', begun, minute, newKey);
  expect(other.idempotencyKey).not.toBe(begun.idempotencyKey);
  expect(intentFor('make Production', undefined, minute, newKey).idempotencyKey).not.toBe('first');
});

test('before the API forgets a key, a new one is taken', () => {
  expect(intentFor('make Production', begun, 9 * minute, newKey)).toMatchObject({ since: 9 * minute });
});
