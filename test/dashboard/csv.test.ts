import { expect, test } from 'vitest';
import { csvOf } from '../../dashboard/src/rules/csv.ts';

test('rows are lines, and what would break one is quoted', () => {
  expect(
    csvOf([
      ['name', 'requests'],
      ['Shop, "new"', 12],
      ['two\nlines', 0],
      ['shop;=1+1', 3],
    ]),
  ).toBe('name,requests\r\n"Shop, ""new""",12\r\n"two\nlines",0\r\n"shop;=1+1",3\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("http://example.com")'])(
  'a spreadsheet does not calculate the name %s',
  (name) => {
    expect(csvOf([[name]])).toMatch(/^"?'/);
  },
);
