import type { LocalEnvironment } from '../../../local/model.ts';
import { type ResolvedTemplate, resolveTemplate } from '../../../local/template/resolve.ts';

export const environment: LocalEnvironment = {
  region: 'eu-west-1',
  accountId: '123456789012',
  stackName: 'Latchkey-test',
  dataDir: '/nowhere',
};

type Sections = Readonly<Record<string, unknown>>;

/** A template with a table `Keys`, a function `Evaluate`, and whatever else the test adds or replaces. */
export function template(resources: Sections = {}, sections: Sections = {}): Sections {
  return {
    Resources: {
      Keys: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST' } },
      Evaluate: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'evaluate' } },
      ...resources,
    },
    ...sections,
  };
}

/** What an expression gives as an environment variable of a function, next to the resources of `template()`. */
export function evaluated(expression: unknown, sections: Sections = {}): unknown {
  const probe = {
    Type: 'AWS::Lambda::Function',
    Properties: { Environment: { Variables: { probe: expression } } },
  };
  const resolved = resolveTemplate(template({ Probe: probe }, sections), environment);
  const properties = find(resolved, 'Probe').properties as {
    Environment: { Variables: Record<string, unknown> };
  };
  return properties.Environment.Variables['probe'];
}

export function find(resolved: ResolvedTemplate, logicalId: string): ResolvedTemplate['resources'][number] {
  const resource = resolved.resources.find((candidate) => candidate.logicalId === logicalId);
  if (resource === undefined) throw new Error(`${logicalId} was not resolved`);
  return resource;
}

export const tableArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Latchkey-test-Keys';
