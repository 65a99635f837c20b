/**
 * A filter pattern of CloudWatch Logs for lines of JSON, ready to be asked about lines: `{ $.a = "x*" && ($.b.c != "y" ||
 * $.d = "*") }`. `*` stands for any characters, `&&` binds before `||`. A field that a line does not have, or that holds no
 * single value, compares with nothing: neither `=` nor `!=` holds.
 * @throws Error that says what is not supported, and where
 */
export function compileFilterPattern(pattern: string): (line: unknown) => boolean {
  const text = pattern.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) {
    throw new Error('patterns for lines that are no JSON are not supported by the local stack');
  }
  const tokens = tokensOf(text.slice(1, -1));
  const matches = either(tokens);
  if (tokens.length > 0) throw unexpected(tokens, 'the end');
  return matches;
}

type Test = (line: unknown) => boolean;

/** Selectors, operators, parentheses, texts in quotes; anything else up to the next space. */
function tokensOf(text: string): string[] {
  return text.match(/\$(?:\.[\w-]+)+|&&|\|\||!=|[<>]=?|[=()]|"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
}

function either(tokens: string[]): Test {
  const tests = [both(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    tests.push(both(tokens));
  }
  return (line) => tests.some((test) => test(line));
}

function both(tokens: string[]): Test {
  const tests = [single(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    tests.push(single(tokens));
  }
  return (line) => tests.every((test) => test(line));
}

function single(tokens: string[]): Test {
  if (tokens[0] === '(') {
    tokens.shift();
    const inner = either(tokens);
    if (tokens.shift() !== ')') throw new Error('a parenthesis is not closed');
    return inner;
  }
  return comparison(tokens);
}

function comparison(tokens: string[]): Test {
  if (tokens[0]?.startsWith('$.') !== true) throw unexpected(tokens, 'a selector such as $.field');
  const path = tokens.shift()?.slice(2).split('.') ?? [];
  if (tokens[0] !== '=' && tokens[0] !== '!=') throw unexpected(tokens, '= or !=');
  const equal = tokens.shift() === '=';
  if (tokens[0]?.startsWith('"') !== true || tokens[0].length < 2)
    throw unexpected(tokens, 'a text in quotes');
  const matches = wildcard(unquoted(tokens.shift() ?? ''));
  return (line) => {
    const value = valueAt(line, path);
    return value !== undefined && matches(value) === equal;
  };
}

function unexpected(tokens: readonly string[], wanted: string): Error {
  const found = tokens[0] === undefined ? 'it ends' : `there is ${tokens[0]}`;
  return new Error(`the local stack supports ${wanted} where ${found}`);
}

function unquoted(token: string): string {
  return token.slice(1, -1).replace(/\\(.)/g, '$1');
}

function valueAt(line: unknown, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    line,
  );
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

function wildcard(pattern: string): (text: string) => boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === head;
  return (text) => {
    if (!text.startsWith(head) || text.length < head.length + tail.length) return false;
    const end = text.length - tail.length;
    let at = head.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return text.endsWith(tail);
  };
}
