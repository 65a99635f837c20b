import { bytes, order, sameValue, typeOf, valueAt } from './attribute-value.ts';
import type { Item, Operand, Operation, Path, WireValue } from './dynalite.ts';

/*
 * dynalite parses the expressions; their meaning is computed here. Its own evaluation answers wrongly for what is
 * missing (two absent attributes are "equal"), for maps and lists (never equal), and throws for an absent operand of IN.
 */

/** Whether a parsed condition or filter expression holds for an item (an absent item is one without attributes). */
export function conditionHolds(expression: Operation, item: Item): boolean {
  const { type, args } = expression;
  const operand = (index: number) => resolve(args[index], item);
  const nested = (index: number) => conditionHolds(args[index] as Operation, item);
  switch (type) {
    case 'and':
      return nested(0) && nested(1);
    case 'or':
      return nested(0) || nested(1);
    case 'not':
      return !nested(0);
    case 'function':
      return functionHolds(expression.name ?? '', operand(0), operand(1));
    case 'between':
      return compare('>=', operand(0), operand(1)) && compare('<=', operand(0), operand(2));
    case 'in':
      return args.slice(1).some((_, index) => compare('=', operand(0), operand(index + 1)));
    default:
      return compare(type, operand(0), operand(1));
  }
}

function resolve(operand: Operand | undefined, item: Item): WireValue | undefined {
  if (operand === undefined) return undefined;
  if (isPath(operand)) return valueAt(operand, item);
  if (!isOperation(operand)) return operand;
  const value = resolve(operand.args[0], item);
  return value === undefined ? undefined : sizeOf(value);
}

export function isPath(operand: Operand): operand is Path {
  return Array.isArray(operand);
}

/** A literal has one member, named by its type; only an operation has `args`. */
export function isOperation(operand: Operand): operand is Operation {
  return 'args' in operand;
}

function compare(operator: string, a: WireValue | undefined, b: WireValue | undefined): boolean {
  if (a === undefined || b === undefined) return operator === '<>';
  if (operator === '=') return sameValue(a, b);
  if (operator === '<>') return !sameValue(a, b);
  const difference = order(a, b);
  if (difference === undefined) return false;
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
    default:
      throw new Error(`Comparison ${operator} is unknown`);
  }
}

function functionHolds(name: string, a: WireValue | undefined, b: WireValue | undefined): boolean {
  switch (name) {
    case 'attribute_exists':
      return a !== undefined;
    case 'attribute_not_exists':
      return a === undefined;
    case 'attribute_type':
      return a !== undefined && b !== undefined && typeOf(a) === b['S'];
    case 'begins_with':
      return a !== undefined && b !== undefined && beginsWith(a, b);
    case 'contains':
      return a !== undefined && b !== undefined && contains(a, b);
    default:
      throw new Error(`Function ${name} is unknown`);
  }
}

function beginsWith(whole: WireValue, start: WireValue): boolean {
  const type = typeOf(start);
  const [text, prefix] = [whole[type], start[type]];
  if (typeof text !== 'string' || typeof prefix !== 'string') return false;
  const wanted = bytes(type, prefix);
  return bytes(type, text).subarray(0, wanted.length).equals(wanted);
}

function contains(whole: WireValue, part: WireValue): boolean {
  const type = typeOf(part);
  const [content, wanted] = [whole[typeOf(whole)], part[type]];
  if (Array.isArray(whole['L'])) return whole['L'].some((element: WireValue) => sameValue(element, part));
  if (Array.isArray(content)) return typeOf(whole) === `${type}S` && content.includes(wanted);
  if (typeof content !== 'string' || typeof wanted !== 'string' || typeOf(whole) !== type || type === 'N')
    return false;
  return bytes(type, content).includes(bytes(type, wanted));
}

/** `size()`: bytes of a string or binary, elements of anything that has some; undefined for the rest. */
function sizeOf(value: WireValue): WireValue | undefined {
  const type = typeOf(value);
  const content = value[type];
  if (Array.isArray(content)) return { N: String(content.length) };
  if (typeof content === 'string' && type !== 'N') return { N: String(bytes(type, content).length) };
  if (type === 'M') return { N: String(Object.keys(content as object).length) };
  return undefined;
}
