import { parseSubstitution } from './substitution.ts';
import { asList, asRecord, asText, isRecord, own, TemplateError } from './template-error.ts';

/**
 * What the names in an expression stand for. `at` is where the name was used, for the error of an unknown one.
 * Every member throws a `TemplateError` for a name it does not know.
 */
export interface Scope {
  ref(name: string, at: string): unknown;
  attribute(logicalId: string, attribute: string, at: string): unknown;
  condition(name: string, at: string): boolean;
  mapping(map: string, topLevelKey: string, secondLevelKey: string, at: string): unknown;
}

/** What `AWS::NoValue` gives: the property or list element that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope, at: string) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope, at) => scope.ref(asText(name, at), at),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::If': choose,
};

/**
 * Resolves every intrinsic function in a value of a template.
 * @param at the value's place in the template, such as `Resources.Keys.Properties.TableName`
 * @throws TemplateError for an intrinsic function that the local runner does not know, or one that is malformed
 */
export function evaluate(value: unknown, scope: Scope, at: string): unknown {
  if (Array.isArray(value)) {
    return value
      .map((item, index) => evaluate(item, scope, `${at}.${index}`))
      .filter((item) => item !== noValue);
  }
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throw new TemplateError(at, `dynamic reference ${value} is not supported by the local runner`);
  }
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  const call = keys.find((key) => key.startsWith('Fn::') || (key === 'Ref' && keys.length === 1));
  if (call === undefined) {
    const entries = Object.entries(value).map(([key, item]) => [key, evaluate(item, scope, `${at}.${key}`)]);
    return Object.fromEntries(entries.filter(([, item]) => item !== noValue));
  }
  const intrinsic = own(intrinsics, call);
  if (intrinsic === undefined) throw new TemplateError(at, `${call} is not supported by the local runner`);
  if (keys.length > 1) {
    throw new TemplateError(at, `${call} must be the only member of its object, found ${keys.join(', ')}`);
  }
  return intrinsic(value[call], scope, at);
}

function evaluateText(value: unknown, scope: Scope, at: string): string {
  return asText(evaluate(value, scope, at), at);
}

function evaluateList(value: unknown, scope: Scope, at: string): readonly unknown[] {
  return asList(evaluate(value, scope, at), at);
}

function elements(
  argument: unknown,
  call: string,
  lengths: readonly number[],
  at: string,
): readonly unknown[] {
  const list = asList(argument, `${at}.${call}`);
  if (!lengths.includes(list.length)) {
    throw new TemplateError(at, `${call} takes ${lengths.join(' or ')} elements, found ${list.length}`);
  }
  return list;
}

function getAttribute(argument: unknown, scope: Scope, at: string): unknown {
  if (typeof argument === 'string') return dottedAttribute(argument, scope, at);
  const [logicalId, attribute] = elements(argument, 'Fn::GetAtt', [2], at);
  return scope.attribute(asText(logicalId, at), evaluateText(attribute, scope, at), at);
}

function dottedAttribute(name: string, scope: Scope, at: string): unknown {
  const dot = name.indexOf('.');
  if (dot < 1) throw new TemplateError(at, `Fn::GetAtt needs a logical id and an attribute, found "${name}"`);
  return scope.attribute(name.slice(0, dot), name.slice(dot + 1), at);
}

function join(argument: unknown, scope: Scope, at: string): string {
  const [delimiter, list] = elements(argument, 'Fn::Join', [2], at);
  return evaluateList(list, scope, at)
    .map((item) => asText(item, at))
    .join(asText(delimiter, at));
}

function substitute(argument: unknown, scope: Scope, at: string): string {
  const [text, given] =
    typeof argument === 'string' ? [argument, {}] : elements(argument, 'Fn::Sub', [2], at);
  const variables = asRecord(given, at);
  return parseSubstitution(asText(text, at))
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (Object.hasOwn(variables, part.name)) return evaluateText(variables[part.name], scope, at);
      return asText(
        part.name.includes('.') ? dottedAttribute(part.name, scope, at) : scope.ref(part.name, at),
        at,
      );
    })
    .join('');
}

function select(argument: unknown, scope: Scope, at: string): unknown {
  const [position, list] = elements(argument, 'Fn::Select', [2], at);
  const index = Number(evaluateText(position, scope, at));
  const items = evaluateList(list, scope, at);
  if (!Number.isInteger(index) || index < 0 || index >= items.length) {
    throw new TemplateError(at, `Fn::Select of element ${index} from a list of ${items.length}`);
  }
  return items[index];
}

function split(argument: unknown, scope: Scope, at: string): string[] {
  const [delimiter, text] = elements(argument, 'Fn::Split', [2], at);
  return evaluateText(text, scope, at).split(asText(delimiter, at));
}

function findInMap(argument: unknown, scope: Scope, at: string): unknown {
  const [map, top, second] = elements(argument, 'Fn::FindInMap', [3], at).map((key) =>
    evaluateText(key, scope, at),
  );
  return scope.mapping(map ?? '', top ?? '', second ?? '', at);
}

function choose(argument: unknown, scope: Scope, at: string): unknown {
  const [condition, yes, no] = elements(argument, 'Fn::If', [3], at);
  return evaluate(scope.condition(asText(condition, at), at) ? yes : no, scope, at);
}
