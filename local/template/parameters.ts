import type { LocalEnvironment } from '../model.ts';
import { noValue } from './intrinsics.ts';
import type { ParsedTemplate } from './parse-template.ts';
import { asText, own, TemplateError } from './template-error.ts';

/** The CDK's parameter for the version of an account's bootstrap stack; a laptop has none, so any recent one will do. */
const bootstrapParameter = 'BootstrapVersion';
const bootstrapVersion = '30';

/** What `Ref` gives for a pseudo parameter or a parameter of the template; undefined for any other name. */
export type ParameterLookup = (name: string) => unknown;

/**
 * The lookup throws a `TemplateError` for a parameter that has no default, and for one whose value AWS would fetch
 * from somewhere else.
 */
export function createParameterLookup(
  parameters: ParsedTemplate['parameters'],
  environment: LocalEnvironment,
): ParameterLookup {
  const pseudo = pseudoParameters(environment);
  return (name) => {
    const declared = own(parameters, name);
    return declared === undefined ? own(pseudo, name) : parameterValue(name, declared);
  };
}

function pseudoParameters({ accountId, region, stackName }: LocalEnvironment): Record<string, unknown> {
  return {
    'AWS::AccountId': accountId,
    'AWS::NoValue': noValue,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}

function parameterValue(name: string, declared: Readonly<Record<string, unknown>>): unknown {
  const at = `Parameters.${name}`;
  const type = asText(declared['Type'], `${at}.Type`);
  if (name === bootstrapParameter && type.startsWith('AWS::SSM::Parameter')) return bootstrapVersion;
  if (!['String', 'Number', 'CommaDelimitedList', 'List<Number>'].includes(type)) {
    throw new TemplateError(at, `parameter type ${type} is not supported by the local runner`);
  }
  if (declared['Default'] === undefined) {
    throw new TemplateError(at, 'has no default, and the local runner has no other value for it');
  }
  const value = asText(declared['Default'], `${at}.Default`);
  return type === 'String' || type === 'Number' ? value : value.split(',').map((item) => item.trim());
}
