import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { assertSupported, stripNoEffect } from '../no-effect.ts';
import { evaluate, noValue } from './intrinsics.ts';
import { parseTemplate } from './parse-template.ts';
import { createStackScope } from './stack-scope.ts';
import { asText } from './template-error.ts';

export interface ResolvedTemplate {
  /** In the template's order, without the types and properties that have no effect on a laptop. */
  readonly resources: readonly ResolvedResource[];
  /** Output values by the output's name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Where the world reaches the template's APIs, such as `https://<id>.execute-api.<region>.amazonaws.com/dev`. */
  readonly apiAddresses: readonly string[];
  byType(type: string): ResolvedResource[];
}

/**
 * Turns a synthesized template into resources with every name known. All physical ids follow from the environment
 * and the logical ids alone, so that data found under them yesterday is found again today.
 * @param template the parsed JSON of a CloudFormation template
 * @throws TemplateError that names the place, for an unknown or circular reference and for anything that the local
 *   runner does not support
 */
export function resolveTemplate(template: unknown, environment: LocalEnvironment): ResolvedTemplate {
  const parsed = parseTemplate(template);
  const stack = createStackScope(parsed, environment);

  const existing = Object.keys(parsed.resources).filter((logicalId) => stack.exists(logicalId));
  assertSupported(
    existing.map((logicalId) => ({ logicalId, type: parsed.resources[logicalId]?.type ?? '' })),
  );
  const resolved = existing.map((logicalId) => stack.resource(logicalId));
  stack.assertAcyclic();

  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(parsed.outputs)) {
    const at = `Outputs.${name}`;
    if (output.condition !== undefined && !stack.scope.condition(output.condition, at)) continue;
    const value = evaluate(output.value, stack.scope, `${at}.Value`);
    if (value !== noValue) outputs[name] = asText(value, `${at}.Value`);
  }

  const resources = stripNoEffect(resolved);
  const apiAddresses = addressesOf(resolved, environment);
  return {
    resources,
    outputs,
    apiAddresses,
    byType: (type) => resources.filter((resource) => resource.type === type),
  };
}

/** Of each stage, and of each domain of its own. */
function addressesOf(resources: readonly ResolvedResource[], { region }: LocalEnvironment): string[] {
  return resources.flatMap(({ type, properties }) => {
    if (type === 'AWS::ApiGateway::DomainName') return [`https://${properties['DomainName']}`];
    if (type !== 'AWS::ApiGateway::Stage') return [];
    const { RestApiId, StageName } = properties;
    return [`https://${RestApiId}.execute-api.${region}.amazonaws.com/${StageName}`];
  });
}
