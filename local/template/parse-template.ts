import { noEffectAttributes } from '../no-effect.ts';
import { asList, asRecord, asText, own, TemplateError } from './template-error.ts';

/** A resource as it stands in the template: intrinsic functions not resolved yet. */
export interface TemplateResource {
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly condition: string | undefined;
  readonly dependsOn: readonly string[];
}

export interface TemplateOutput {
  readonly value: unknown;
  readonly condition: string | undefined;
}

/** The sections that the local runner reads, each by name. */
export interface ParsedTemplate {
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly outputs: Readonly<Record<string, TemplateOutput>>;
}

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
]);

/** The CDK's own check that the account is bootstrapped, which a laptop need not be. */
const toleratedRules = new Set(['CheckBootstrapVersion']);

const outputAttributes = new Set(['Value', 'Condition', 'Description', 'Export']);

/**
 * Reads the structure of a CloudFormation template.
 * @throws TemplateError for a section, rule, or attribute that the local runner does not know
 */
export function parseTemplate(template: unknown): ParsedTemplate {
  const root = asRecord(template, 'template');
  for (const section of Object.keys(root)) {
    if (!sections.has(section)) {
      throw new TemplateError('', `template section ${section} is not supported by the local runner`);
    }
  }
  for (const rule of Object.keys(asRecord(root['Rules'] ?? {}, 'Rules'))) {
    if (!toleratedRules.has(rule)) {
      throw new TemplateError(`Rules.${rule}`, 'rules are not supported by the local runner');
    }
  }
  return {
    parameters: entriesOf(root, 'Parameters', asRecord),
    mappings: asRecord(root['Mappings'] ?? {}, 'Mappings'),
    conditions: asRecord(root['Conditions'] ?? {}, 'Conditions'),
    resources: entriesOf(root, 'Resources', parseResource),
    outputs: entriesOf(root, 'Outputs', parseOutput),
  };
}

function entriesOf<V>(
  root: Readonly<Record<string, unknown>>,
  section: string,
  parse: (value: unknown, at: string) => V,
): Record<string, V> {
  const entries = Object.entries(asRecord(root[section] ?? {}, section));
  return Object.fromEntries(entries.map(([name, value]) => [name, parse(value, `${section}.${name}`)]));
}

function parseResource(value: unknown, at: string): TemplateResource {
  const { Type, Properties, Condition, DependsOn, ...others } = asRecord(value, at);
  for (const attribute of Object.keys(others)) {
    if (own(noEffectAttributes, attribute) === undefined) {
      throw new TemplateError(at, `attribute ${attribute} is not supported by the local runner`);
    }
  }
  const dependsOn = DependsOn ?? [];
  return {
    type: asText(Type, `${at}.Type`),
    properties: asRecord(Properties ?? {}, `${at}.Properties`),
    condition: Condition === undefined ? undefined : asText(Condition, `${at}.Condition`),
    dependsOn: (typeof dependsOn === 'string' ? [dependsOn] : asList(dependsOn, `${at}.DependsOn`)).map(
      (id) => asText(id, `${at}.DependsOn`),
    ),
  };
}

function parseOutput(value: unknown, at: string): TemplateOutput {
  const output = asRecord(value, at);
  for (const attribute of Object.keys(output)) {
    if (!outputAttributes.has(attribute)) {
      throw new TemplateError(at, `attribute ${attribute} is not supported by the local runner`);
    }
  }
  const condition = output['Condition'];
  return {
    value: output['Value'],
    condition: condition === undefined ? undefined : asText(condition, `${at}.Condition`),
  };
}
