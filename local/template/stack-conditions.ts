import { evaluateCondition } from './conditions.ts';
import type { Scope } from './intrinsics.ts';
import { lookUpMapping } from './mappings.ts';
import type { ParameterLookup } from './parameters.ts';
import type { ParsedTemplate } from './parse-template.ts';
import { own, TemplateError } from './template-error.ts';

/**
 * Decides conditions by name. They are decided before any resource exists, so they may name parameters, mappings and
 * other conditions only.
 */
export function createStackConditions(
  template: ParsedTemplate,
  parameter: ParameterLookup,
): Scope['condition'] {
  const decided = new Map<string, boolean | 'in progress'>();
  const scope: Scope = {
    ref(name, at) {
      const value = parameter(name);
      if (value === undefined)
        throw new TemplateError(at, `a condition can name parameters only, not ${name}`);
      return value;
    },
    attribute(logicalId, attribute, at) {
      throw new TemplateError(at, `a condition can name parameters only, not ${logicalId}.${attribute}`);
    },
    mapping: lookUpMapping(template.mappings),
    condition,
  };

  function condition(name: string, at: string): boolean {
    const known = decided.get(name);
    if (known === 'in progress') throw new TemplateError(at, `condition ${name} depends on itself`);
    if (known !== undefined) return known;
    const expression = own(template.conditions, name);
    if (expression === undefined) throw new TemplateError(at, `unknown condition ${name}`);
    decided.set(name, 'in progress');
    const holds = evaluateCondition(expression, scope, `Conditions.${name}`);
    decided.set(name, holds);
    return holds;
  }

  return condition;
}
