import { typeOf, valueAt } from './attribute-value.ts';
import {
  decimal,
  type Item,
  type Operand,
  type UpdateSection,
  validations,
  type WireValue,
} from './dynalite.ts';
import { isOperation, isPath } from './evaluate-condition.ts';
import { validationError } from './service-errors.ts';

type Draft = Record<string | number, WireValue>;

/**
 * The item after a parsed update expression. Every operand is read from the item as it was before, and what is read is
 * copied, so that no two attributes share a value (as they do in dynalite: `SET a = b ADD b :one` changes both there).
 * @throws AwsError ValidationException where a path or an operand does not fit the item
 */
export function applyUpdate(sections: readonly UpdateSection[], before: Item): Item {
  const values = sections.map((section) => newValue(section, before));
  const after = structuredClone(before) as Draft;
  const gaps = new Set<WireValue[]>();
  const removals: { list: WireValue[]; index: number }[] = [];
  for (const [position, section] of sections.entries()) {
    const parent = parentOf(section, after);
    const name = section.path.at(-1) ?? '';
    const value = values[position];
    if (Array.isArray(parent) && typeof name === 'number') {
      if (value === undefined) removals.push({ list: parent, index: name });
      else if (name < parent.length) parent[name] = value;
      else {
        // Beyond its end a list only grows: index 9 of a list of two becomes its third element.
        parent[name] = value;
        gaps.add(parent);
      }
    } else if (value === undefined) delete (parent as Draft)[name];
    else define(parent as Draft, name, value);
  }
  // From the end, so that an index still means what it meant before the update.
  removals.sort((a, b) => b.index - a.index);
  for (const { list, index } of removals) list.splice(index, 1);
  for (const list of gaps) list.splice(0, list.length, ...list.filter((element) => element !== undefined));
  return after as Item;
}

/** What stands at the section's path afterwards; undefined removes it. */
function newValue({ type, path, val }: UpdateSection, before: Item): WireValue | undefined {
  if (type === 'remove' || val === undefined) return undefined;
  if (type === 'set') return structuredClone(resolve(val, before));
  const existing = valueAt(path, before);
  const operand = val as WireValue;
  if (existing !== undefined && typeOf(existing) !== typeOf(operand)) throw wrongType();
  if (typeOf(operand) === 'N') return existing === undefined ? operand : sum('add', existing, operand);
  return type === 'add' ? union(existing, operand) : difference(existing, operand);
}

function resolve(operand: Operand, before: Item): WireValue {
  if (isPath(operand)) {
    const value = valueAt(operand, before);
    if (value !== undefined) return value;
    throw validationError('The provided expression refers to an attribute that does not exist in the item');
  }
  if (!isOperation(operand)) return operand;
  const [left, right] = operand.args;
  if (left === undefined || right === undefined) throw new Error(`${operand.type} needs two operands`);
  if (operand.name === 'if_not_exists') {
    return (isPath(left) ? valueAt(left, before) : undefined) ?? resolve(right, before);
  }
  const [a, b] = [resolve(left, before), resolve(right, before)];
  if (operand.type === 'add' || operand.type === 'subtract') return sum(operand.type, a, b);
  if (operand.name !== 'list_append') throw new Error(`Function ${operand.name} is unknown`);
  if (!Array.isArray(a['L']) || !Array.isArray(b['L'])) throw wrongType();
  return { L: [...a['L'], ...b['L']] };
}

function sum(operator: 'add' | 'subtract', a: WireValue, b: WireValue): WireValue {
  if (typeof a['N'] !== 'string' || typeof b['N'] !== 'string') throw wrongType();
  const [left, right] = [decimal(a['N']), decimal(b['N'])];
  const result = { N: (operator === 'add' ? left.plus(right) : left.minus(right)).toFixed() };
  const fault = validations.validateAttributeValue(result);
  if (fault !== undefined) throw validationError(fault);
  return result;
}

function union(existing: WireValue | undefined, added: WireValue): WireValue {
  const type = typeOf(added);
  return { [type]: [...new Set([...members(existing, type), ...members(added, type)])] };
}

/** An emptied set is removed: DynamoDB has no empty sets. */
function difference(existing: WireValue | undefined, removed: WireValue): WireValue | undefined {
  const type = typeOf(removed);
  const gone = new Set(members(removed, type));
  const left = members(existing, type).filter((member) => !gone.has(member));
  return left.length === 0 ? undefined : { [type]: left };
}

function members(value: WireValue | undefined, type: string): unknown[] {
  const list = value?.[type];
  return Array.isArray(list) ? list : [];
}

function parentOf({ path }: UpdateSection, item: Draft): Draft | WireValue[] {
  const parent = valueAt(path.slice(0, -1), item as Item);
  const container = typeof path.at(-1) === 'number' ? parent?.['L'] : parent?.['M'];
  if (container !== undefined) return container as Draft | WireValue[];
  throw validationError('The document path provided in the update expression is invalid for update');
}

/** Assignment to `__proto__` would set a prototype instead of an attribute. */
function define(parent: Draft, name: string | number, value: WireValue): void {
  Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true });
}

function wrongType() {
  return validationError('An operand in the update expression has an incorrect data type');
}
