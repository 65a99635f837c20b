import { describe, expect, test } from 'vitest';
import { compilePattern } from '../../../local/streams/filter-pattern.ts';

const record = {
  eventName: 'MODIFY',
  dynamodb: {
    SizeBytes: 26,
    NewImage: {
      status: { S: 'active' },
      count: { N: '5' },
      live: { BOOL: true },
      gone: { NULL: true },
      tags: { SS: ['red', 'green'] },
      owner: { M: { mail: { S: 'a@example.com' } } },
      list: { L: [{ S: 'x' }, { S: 'y' }] },
    },
  },
};
const newImage = (attributes: unknown) => ({ dynamodb: { NewImage: attributes } });

describe('a pattern lets a record through', () => {
  test.each<[pattern: unknown, passes: boolean]>([
    [{}, true],
    [{ eventName: ['MODIFY'] }, true],
    [{ eventName: ['INSERT', 'REMOVE'] }, false],
    [{ eventName: ['INSERT', { prefix: 'MOD' }] }, true],
    [{ eventName: ['MODIFY'], dynamodb: { SizeBytes: [26] } }, true],
    [{ eventName: ['INSERT'], dynamodb: { SizeBytes: [26] } }, false],
    [{ dynamodb: { SizeBytes: ['26'] } }, false],
    [newImage({ status: { S: ['active'] }, count: { N: ['5'] } }), true],
    [newImage({ live: { BOOL: [true] } }), true],
    [newImage({ live: { BOOL: [false] } }), false],
    [newImage({ status: { S: [{ prefix: 'act' }] } }), true],
    [newImage({ status: { S: [{ prefix: 'ctive' }] } }), false],
    [newImage({ count: { N: [{ prefix: '' }] } }), true],
    [newImage({ status: { S: [{ 'anything-but': 'active' }] } }), false],
    [newImage({ status: { S: [{ 'anything-but': ['revoked', 'suspended'] }] } }), true],
    [newImage({ missing: { S: [{ 'anything-but': 'x' }] } }), false],
    [newImage({ missing: { S: [{ exists: false }] } }), true],
    [newImage({ status: { S: [{ exists: true }] } }), true],
    [newImage({ status: { S: [{ exists: false }] } }), false],
    [{ dynamodb: { OldImage: { status: { S: [{ exists: false }] } } } }, true],
    // Only leaves exist, as in EventBridge: the map does not, what lies in it does.
    [newImage({ owner: [{ exists: true }] }), false],
    [newImage({ owner: [{ exists: false }] }), true],
    [newImage({ owner: { M: { mail: { S: [{ exists: true }] } } } }), true],
    [newImage({ tags: { SS: ['green'] } }), true],
    [newImage({ tags: { SS: ['blue'] } }), false],
    [newImage({ list: { L: { S: ['y'] } } }), true],
    [newImage({ constructor: { name: [{ exists: true }] } }), false],
  ])('%j: %s', (pattern, passes) => {
    expect(compilePattern(JSON.stringify(pattern))(record)).toBe(passes);
  });
});

describe('what is not supported is refused by name and place', () => {
  test.each<[pattern: unknown, message: string]>([
    [
      newImage({ count: { N: [{ numeric: ['>', 5] }] } }),
      'dynamodb.NewImage.count.N: operator numeric is not supported',
    ],
    [{ eventName: [{ suffix: 'Y' }] }, 'eventName: operator suffix is not supported'],
    [{ $or: [{ eventName: ['MODIFY'] }] }, 'the pattern: operator $or is not supported'],
    [{ eventName: 'MODIFY' }, 'eventName: a pattern ends in a list of values'],
    [{ eventName: [] }, 'eventName: an empty list matches nothing'],
    [{ eventName: [{}] }, 'eventName: operator  is not supported'],
    [{ eventName: [{ exists: 'yes' }] }, 'eventName: exists takes true or false'],
    [{ eventName: [{ prefix: 1 }] }, 'eventName: prefix takes a text'],
    [{ eventName: [{ exists: true, prefix: 'M' }] }, 'eventName: an operator stands alone in its object'],
    [{ eventName: [{ 'anything-but': { prefix: 'M' } }] }, 'eventName: anything-but takes values only'],
  ])('%j', (pattern, message) => {
    expect(() => compilePattern(JSON.stringify(pattern))).toThrow(message);
  });
});
