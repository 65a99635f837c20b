import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../../local/lambda/line-splitter.ts';

test('lines are the same however the text is cut into chunks', () => {
  const line = fc.string().filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(20)), (lines, cuts) => {
      const text = lines.map((each) => `${each}\n`).join('');
      const told: string[] = [];
      const splitter = createLineSplitter((each) => told.push(each));
      let at = 0;
      for (const cut of cuts) {
        splitter.push(text.slice(at, at + cut));
        at += cut;
      }
      splitter.push(text.slice(at));
      splitter.flush();
      expect(told).toEqual(lines);
    }),
  );
});

test('a line without an end is told at the flush, once', () => {
  const told: string[] = [];
  const splitter = createLineSplitter((line) => told.push(line));
  splitter.push('half');
  expect(told).toEqual([]);
  splitter.flush();
  splitter.flush();
  expect(told).toEqual(['half']);
});
