import { evaluate, type Scope } from './intrinsics.ts';
import { asList, asRecord, asText, TemplateError } from './template-error.ts';

/**
 * What an expression of the `Conditions` section says.
 * @throws TemplateError for a condition function that the local runner does not know, or one that is malformed
 */
export function evaluateCondition(expression: unknown, scope: Scope, at: string): boolean {
  const entries = Object.entries(asRecord(expression, at));
  const [call, argument] = entries[0] ?? [];
  if (call === undefined || entries.length > 1) {
    throw new TemplateError(at, 'a condition is an object with one condition function');
  }
  const operands = () => conditions(argument, scope, at);
  switch (call) {
    case 'Condition':
      return scope.condition(asText(argument, at), at);
    case 'Fn::Equals':
      return equal(argument, scope, at);
    case 'Fn::And':
      return operands().every(Boolean);
    case 'Fn::Or':
      return operands().some(Boolean);
    case 'Fn::Not':
      return not(argument, scope, at);
    default:
      throw new TemplateError(at, `condition function ${call} is not supported by the local runner`);
  }
}

function conditions(argument: unknown, scope: Scope, at: string): boolean[] {
  return asList(argument, at).map((operand) => evaluateCondition(operand, scope, at));
}

function not(argument: unknown, scope: Scope, at: string): boolean {
  const [operand, ...others] = conditions(argument, scope, at);
  if (operand === undefined || others.length > 0) throw new TemplateError(at, 'Fn::Not takes 1 element');
  return !operand;
}

function equal(argument: unknown, scope: Scope, at: string): boolean {
  const [left, right, ...others] = asList(argument, at).map((side) => asText(evaluate(side, scope, at), at));
  if (left === undefined || right === undefined || others.length > 0) {
    throw new TemplateError(at, 'Fn::Equals takes 2 elements');
  }
  return left === right;
}
