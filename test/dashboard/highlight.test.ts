import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CodeLanguage, highlight } from '../../dashboard/src/rules/highlight.ts';

const languages = [
  'python',
  'javascript',
  'shell',
  'json',
  'address',
] as const satisfies readonly CodeLanguage[];
const together = (code: string, language: CodeLanguage) =>
  highlight(code, language)
    .map((part) => part.code)
    .join('');
const told = (code: string, language: CodeLanguage, kind: string) =>
  highlight(code, language).flatMap((part) => (part.kind === kind ? [part.code] : []));

test('whatever the code, all of it is shown, and nothing else', () => {
  const code = fc.string({
    unit: fc.oneof(fc.constantFrom('"', "'", '#', '/', '*', '\n', '\\', ':', '`', ' '), fc.string()),
  });
  fc.assert(
    fc.property(code, fc.constantFrom(...languages), (text, language) => {
      expect(together(text, language)).toBe(text);
    }),
  );
});

test('so are the examples', async () => {
  const folder = join(import.meta.dirname, '../../dashboard/examples');
  const kinds: Record<string, CodeLanguage> = { py: 'python', mjs: 'javascript', sh: 'shell' };
  for (const file of await readdir(folder)) {
    const code = await readFile(join(folder, file), 'utf8');
    expect(together(code, kinds[file.split('.').at(-1) ?? ''] ?? 'json')).toBe(code);
  }
});

test('comments and texts are told apart, in the words of each language', () => {
  expect(told('"""Why"""\nx = "a # b"  # c', 'python', 'comment')).toEqual(['"""Why"""', '# c']);
  expect(told("const a = 'https://x'; // why", 'javascript', 'comment')).toEqual(['// why']);
  expect(told('echo "$A#b" # why', 'shell', 'comment')).toEqual(['# why']);
  expect(told('--data \'{\n "a": 1 }\'', 'shell', 'text')).toEqual(['\'{\n "a": 1 }\'']);
  expect(told('{ "a": "b: c", "d": ["e"] }', 'json', 'text')).toEqual(['"b: c"', '"e"']);
});
