import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import shipped from '../../functions/decisions/policy.json' with { type: 'json' };
import { PolicyError, parsePolicy } from '../../functions/decisions/rules/policy.ts';
import { anyRows } from './policy-arbitrary.ts';

const low = { risk_level: 'LOW', action_required: 'EXECUTE_IMMEDIATELY' };
const critical = { risk_level: 'CRITICAL', action_required: 'WAIT_HUMAN_REVIEW' };

/** The faults of a table, as `path: detail`. */
function faultsOf(json: unknown): string[] {
  try {
    parsePolicy(json);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const { path, detail } of error.faults) expect(error.message).toContain(`- ${path}: ${detail}`);
    return error.faults.map(({ path, detail }) => `${path}: ${detail}`);
  }
}

const faultsOfRows = (...rows: unknown[]) => faultsOf({ rows });

describe('the shipped table', () => {
  it('is valid and has one row for each risk level', () => {
    expect(parsePolicy(shipped).rows.map((row) => row.risk_level)).toEqual([
      'LOW',
      'MEDIUM',
      'HIGH',
      'CRITICAL',
    ]);
  });
});

describe('the example in the documentation', () => {
  it('is valid', async () => {
    const text = await readFile(new URL('../../docs/decision-policy.md', import.meta.url), 'utf8');
    const example = /```json\n([\s\S]+?)```/.exec(text)?.[1] ?? '';
    expect(faultsOf(JSON.parse(example))).toEqual([]);
  });
});

describe('a table', () => {
  it('is accepted whatever its levels, limits and categories, as long as each row can match', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        expect(faultsOf({ rows })).toEqual([]);
      }),
    );
  });

  it('may treat a category in its own way, at any place before the last row', () => {
    expect(
      faultsOfRows(
        { ...low, up_to: 1000 },
        { ...critical, categories: ['COMPLIANCE'], up_to: 5000 },
        { ...low, categories: ['RND', 'MARKETING'] },
        critical,
      ),
    ).toEqual([]);
  });

  it.each([
    ['nothing', undefined, 'policy: is missing; expected an object with rows'],
    ['a list', [], 'policy: is an array; expected an object with rows'],
    ['no rows', {}, 'rows: is missing; expected a list of rows'],
    ['rows of another type', { rows: 'LOW' }, 'rows: is a string; expected a list of rows'],
    [
      'an empty list',
      { rows: [] },
      'rows: is an empty list; expected at least one row, the last of which matches everything',
    ],
    [
      'an unknown field',
      { rows: [critical], version: 2 },
      'version: is not a field of the format; expected only rows',
    ],
  ])('is refused when the file holds %s', (_what, json, fault) => {
    expect(faultsOf(json)).toEqual([fault]);
  });

  const limit = 'expected a positive number';
  const last = 'must be left out in the last row, which has to match everything';
  it.each([
    ['an up_to of 0', { ...low, up_to: 0 }, `rows[0].up_to (row 1): must be above 0; ${limit}`],
    ['a negative up_to', { ...low, up_to: -1 }, `rows[0].up_to (row 1): must be above 0; ${limit}`],
    [
      'an infinite up_to',
      { ...low, up_to: Number.POSITIVE_INFINITY },
      `rows[0].up_to (row 1): is too large a number; ${limit}`,
    ],
    ['an up_to in quotes', { ...low, up_to: '5' }, `rows[0].up_to (row 1): is a string; ${limit}`],
    [
      'an unknown level',
      { ...low, up_to: 5, risk_level: 'low' },
      'rows[0].risk_level (row 1): is not known; expected one of LOW, MEDIUM, HIGH, CRITICAL',
    ],
    [
      'no action',
      { risk_level: 'LOW', up_to: 5 },
      'rows[0].action_required (row 1): is missing; expected one of EXECUTE_IMMEDIATELY, WAIT_HUMAN_APPROVAL, WAIT_HUMAN_REVIEW',
    ],
    [
      'an unknown category',
      { ...low, categories: ['RND', 'SALES'] },
      'rows[0].categories[1] (row 1): is not known; expected one of STRATEGIC, OPERATIONAL, FINANCIAL, MARKETING, RND, COMPLIANCE',
    ],
    [
      'an empty list of categories',
      { ...low, categories: [] },
      'rows[0].categories (row 1): is an empty list; leave it out for all categories',
    ],
    [
      'a category twice',
      { ...low, categories: ['RND', 'RND'] },
      'rows[0].categories (row 1): names a category twice',
    ],
    [
      'a logged that is no boolean',
      { ...low, up_to: 5, logged: 'yes' },
      'rows[0].logged (row 1): is a string; expected true or false',
    ],
    [
      'a mistyped field',
      { ...low, up_to: 5, upto: 5 },
      'rows[0].upto (row 1): is not a field of the format; expected only categories, up_to, risk_level, action_required, logged',
    ],
    [
      'no object',
      'LOW',
      'rows[0] (row 1): is a string; expected an object with categories, up_to, risk_level, action_required, logged',
    ],
  ])('is refused when a row has %s', (_what, row, fault) => {
    expect(faultsOfRows(row, critical)).toEqual([fault]);
  });

  it('is refused unless its last row matches everything', () => {
    expect(faultsOfRows({ ...low, up_to: 5 }, { ...critical, up_to: 10 })).toEqual([
      `rows[1].up_to (row 2): ${last}`,
    ]);
    expect(faultsOfRows({ ...critical, categories: ['RND'] })).toEqual([
      `rows[0].categories (row 1): ${last}`,
    ]);
  });

  it('is refused when an earlier row matches everything, be it by naming every category', () => {
    const fault = 'matches everything, which only the last row may; expected up_to or fewer categories';
    const categories = ['STRATEGIC', 'OPERATIONAL', 'FINANCIAL', 'MARKETING', 'RND', 'COMPLIANCE'];
    expect(faultsOfRows(low, critical)).toEqual([`rows[0] (row 1): ${fault}`]);
    expect(faultsOfRows({ ...low, categories }, { ...low, up_to: 5 }, critical)).toEqual([
      `rows[0] (row 1): ${fault}`,
    ]);
  });

  const shadowed = 'can never match: earlier rows decide every amount of every category that it is for';
  it.each([
    ['an equal limit before it', [{ ...low, up_to: 5 }, { ...critical, up_to: 5 }, critical], 2],
    [
      'a higher limit before it',
      [{ ...low, up_to: 9 }, { ...critical, up_to: 5, categories: ['RND'] }, critical],
      2,
    ],
    [
      'one row for each of its categories before it',
      [
        { ...low, categories: ['RND'] },
        { ...low, categories: ['MARKETING'], up_to: 9 },
        { ...critical, categories: ['RND', 'MARKETING'], up_to: 7 },
        critical,
      ],
      3,
    ],
    [
      'all categories used up before it',
      [
        { ...low, categories: ['STRATEGIC', 'OPERATIONAL', 'FINANCIAL'] },
        { ...low, categories: ['MARKETING', 'RND', 'COMPLIANCE'] },
        critical,
      ],
      3,
    ],
    ['all amounts that the API takes used up before it', [{ ...low, up_to: 1e15 }, critical], 2],
  ])('is refused when a row can never match: %s', (_why, rows, row) => {
    expect(faultsOf({ rows })).toEqual([`rows[${row - 1}] (row ${row}): ${shadowed}`]);
  });

  it('has all its faults told at once', () => {
    const faults = faultsOf({
      extra: 1,
      rows: [
        { ...low, up_to: 5 },
        { up_to: -1, risk_level: 'X' },
        { ...low, up_to: 3 },
        { ...critical, up_to: 9 },
      ],
    });
    expect(faults.map((fault) => fault.slice(0, fault.indexOf(':')))).toEqual([
      'extra',
      'rows[1].up_to (row 2)',
      'rows[1].risk_level (row 2)',
      'rows[1].action_required (row 2)',
      'rows[2] (row 3)',
      'rows[3].up_to (row 4)',
    ]);
  });
});

describe('the version', () => {
  const versionOf = (json: string) => parsePolicy(JSON.parse(json)).version;
  const original =
    '{"rows":[{"up_to":1000,"risk_level":"LOW","action_required":"EXECUTE_IMMEDIATELY"},\
{"risk_level":"HIGH","action_required":"WAIT_HUMAN_REVIEW"}]}';

  it('is the same for the same table, in this program and in any other', () => {
    // printf '%s' '{"rows":[{"action_required":…,"risk_level":…,"up_to":1000},…]}' | sha256sum
    expect(versionOf(original)).toBe('10abe8d41fde');
    expect(versionOf(original)).toMatch(/^[0-9a-f]{12}$/);
  });

  it('does not depend on white space, on the order of keys, or on how a number is written', () => {
    const rewritten = `{ "rows": [
      { "action_required": "EXECUTE_IMMEDIATELY", "risk_level": "LOW", "up_to": 1e3 },
      { "action_required": "WAIT_HUMAN_REVIEW", "risk_level": "HIGH" }
    ] }`;
    expect(versionOf(rewritten)).toBe(versionOf(original));
  });

  it.each([
    ['a limit', '1000', '1001'],
    ['a level', 'LOW', 'MEDIUM'],
    ['an action', 'WAIT_HUMAN_REVIEW', 'WAIT_HUMAN_APPROVAL'],
    ['what is logged', '"up_to"', '"logged":true,"up_to"'],
    ['a list of categories', '"up_to"', '"categories":["RND"],"up_to"'],
  ])('changes with %s', (_what, from, to) => {
    expect(versionOf(original.replace(from, to))).not.toBe(versionOf(original));
  });

  it('changes with the order of rows', () => {
    const [a, b] = ['RND', 'MARKETING'].map((name) => ({ ...low, categories: [name] }));
    expect(parsePolicy({ rows: [a, b, critical] }).version).not.toBe(
      parsePolicy({ rows: [b, a, critical] }).version,
    );
  });
});
