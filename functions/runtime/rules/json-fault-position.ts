/**
 * Where a text stops being JSON (RFC 8259): the offset of the first token that cannot stand there, the text's length
 * where it ends too early, `undefined` where it is JSON after all.
 *
 * `JSON.parse` knows it too, but tells it by quoting the text, which may hold what must not be repeated, and only
 * sometimes by a number. Used only for a text that `JSON.parse` refused; linear, and not recursive, so that deep
 * nesting is no danger.
 */
export function jsonFaultPosition(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const char = text.charAt(at);
    const end = tokenEnd(text, at, char);
    const next: Expected | undefined = end === undefined ? undefined : follow(expected, char, open);
    if (end === undefined || next === undefined) return at;
    expected = next;
    at = skipSpace(text, end);
  }
  return expected === 'end' ? undefined : text.length;
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or close' | 'end';

/** What is expected behind a token that begins with `char`; `undefined` where the token cannot stand here. */
function follow(expected: Expected, char: string, open: ('{' | '[')[]): Expected | undefined {
  switch (expected) {
    case 'value':
    case 'value or ]':
      if (char === ']' && expected === 'value or ]') return close(open);
      if (char === '{' || char === '[') {
        open.push(char);
        return char === '{' ? 'key or }' : 'value or ]';
      }
      return ':,]}'.includes(char) ? undefined : afterValue(open);
    case 'key':
    case 'key or }':
      if (char === '}' && expected === 'key or }') return close(open);
      return char === '"' ? ':' : undefined;
    case ':':
      return char === ':' ? 'value' : undefined;
    case ', or close': {
      const object = open.at(-1) === '{';
      if (char === ',') return object ? 'key' : 'value';
      return char === (object ? '}' : ']') ? close(open) : undefined;
    }
    case 'end':
      return undefined;
  }
}

function close(open: ('{' | '[')[]): Expected {
  open.pop();
  return afterValue(open);
}

function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? 'end' : ', or close';
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The offset behind the token that begins here, or `undefined` where none does. */
function tokenEnd(text: string, at: number, char: string): number | undefined {
  if ('{}[]:,'.includes(char)) return at + 1;
  if (char === '"') return stringEnd(text, at + 1);
  return matchEnd(char === '-' || (char >= '0' && char <= '9') ? NUMBER : WORD, text, at);
}

function stringEnd(text: string, from: number): number | undefined {
  let at: number | undefined = from;
  while (at !== undefined && at < text.length) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < ' ') return undefined;
    at = char === '\\' ? matchEnd(ESCAPE, text, at) : at + 1;
  }
  return undefined;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++;
  return at;
}
