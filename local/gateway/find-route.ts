import type { Route } from './exchange.ts';
import type { Method } from './model.ts';

interface Node {
  readonly literals: Map<string, Node>;
  parameter?: { readonly name: string; readonly node: Node };
  greedy?: { readonly name: string; readonly node: Node };
  readonly methods: Map<string, Method>;
}

export type FindRoute = (method: string, path: string) => Route | undefined;

/**
 * Makes the look-up from method and path to a declared method. A literal segment wins over `{parameter}`, which wins over
 * `{proxy+}`; a trailing slash is ignored. Segments are compared as they were sent, still encoded.
 */
export function createRouter(methods: readonly Method[]): FindRoute {
  const root = createNode();
  for (const method of methods) nodeAt(root, method.resourcePath).methods.set(method.httpMethod, method);
  return (httpMethod, path) => {
    const found = walk(root, path.split('/').slice(1, path.endsWith('/') ? -1 : undefined), []);
    const method = found?.node.methods.get(httpMethod) ?? found?.node.methods.get('ANY');
    return found && method && { method, pathParameters: new Map(found.parameters) };
  };
}

function createNode(): Node {
  return { literals: new Map(), methods: new Map() };
}

function nodeAt(root: Node, path: string): Node {
  let node = root;
  for (const part of path.split('/').filter((segment) => segment !== '')) {
    const [, name, plus] = /^\{([^+}]+)(\+?)\}$/.exec(part) ?? [];
    if (name === undefined) {
      const next: Node = node.literals.get(part) ?? createNode();
      node.literals.set(part, next);
      node = next;
    } else if (plus) {
      node.greedy ??= { name, node: createNode() };
      node = node.greedy.node;
    } else {
      node.parameter ??= { name, node: createNode() };
      node = node.parameter.node;
    }
  }
  return node;
}

type Parameters = readonly (readonly [string, string])[];

function walk(
  node: Node,
  segments: readonly string[],
  parameters: Parameters,
): { node: Node; parameters: Parameters } | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.methods.size > 0 ? { node, parameters } : undefined;
  if (segment === '') return undefined;
  const literal = node.literals.get(segment);
  const { parameter, greedy } = node;
  return (
    (literal && walk(literal, rest, parameters)) ??
    (parameter && walk(parameter.node, rest, [...parameters, [parameter.name, segment]])) ??
    (greedy && { node: greedy.node, parameters: [...parameters, [greedy.name, segments.join('/')]] })
  );
}
