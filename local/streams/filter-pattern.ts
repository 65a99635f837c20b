type Test = (values: readonly unknown[]) => boolean;

/**
 * An event pattern of a filter, ready to be asked about records. As in EventBridge, a pattern speaks of leaves only: an
 * attribute that holds a map does not `exist`, what lies in the map does.
 * @param json such as `{"dynamodb":{"NewImage":{"status":{"S":["active",{"prefix":"sus"}]}}}}`
 * @throws Error that names what is not supported, and where
 */
export function compilePattern(json: string): (record: unknown) => boolean {
  const matches = compile(JSON.parse(json), []);
  return (record) => matches([record]);
}

/** @returns a test of all values that stand at the path; there are several below a list, none where it ends early */
function compile(pattern: unknown, path: readonly string[]): Test {
  if (Array.isArray(pattern)) return anyOf(pattern, path);
  if (!isObject(pattern)) throw fault(path, 'a pattern ends in a list of values');
  const members = Object.entries(pattern).map(([name, inner]) => {
    if (name.startsWith('$')) throw fault(path, `operator ${name} is not supported by the local stack`);
    const test = compile(inner, [...path, name]);
    return (values: readonly unknown[]) => test(values.flatMap((value) => childrenOf(value, name)));
  });
  return (values) => members.every((matches) => matches(values));
}

function childrenOf(value: unknown, name: string): unknown[] {
  if (!isObject(value) || !Object.hasOwn(value, name)) return [];
  return [value[name]].flat(Number.POSITIVE_INFINITY);
}

function anyOf(alternatives: readonly unknown[], path: readonly string[]): Test {
  if (alternatives.length === 0) throw fault(path, 'an empty list matches nothing');
  const tests = alternatives.map((alternative) => oneOf(alternative, path));
  return (values) => {
    const leaves = values.filter((value) => !isObject(value));
    return tests.some((test) => test(leaves));
  };
}

function oneOf(alternative: unknown, path: readonly string[]): Test {
  if (!isObject(alternative)) return (leaves) => leaves.includes(alternative);
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(alternative);
  if (others.length > 0) throw fault(path, 'an operator stands alone in its object');
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw fault(path, 'exists takes true or false');
      return (leaves) => leaves.length > 0 === operand;
    case 'prefix':
      if (typeof operand !== 'string') throw fault(path, 'prefix takes a text');
      return (leaves) => leaves.some((leaf) => typeof leaf === 'string' && leaf.startsWith(operand));
    case 'anything-but': {
      const excluded = [operand].flat();
      if (excluded.some(isObject)) throw fault(path, 'anything-but takes values only');
      return (leaves) => leaves.some((leaf) => !excluded.includes(leaf));
    }
    default:
      // `numeric` among them: a table's numbers travel as text, so that in the cloud it would match none of them.
      throw fault(path, `operator ${operator} is not supported by the local stack`);
  }
}

function fault(path: readonly string[], reason: string): Error {
  return new Error(`${path.length === 0 ? 'the pattern' : path.join('.')}: ${reason}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
