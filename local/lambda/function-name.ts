import { AwsError } from '../aws/service.ts';
import type { LocalEnvironment } from '../model.ts';
import { functionArn } from './function-definition.ts';

const PATTERN =
  /^(?:(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?<account>\d{12}):function:)?(?<name>[a-zA-Z0-9-_]{1,140})(?::(?<qualifier>[a-zA-Z0-9$_-]+))?$/;

/**
 * The unqualified ARN that a name, a partial ARN (`123456789012:function:name`) or an ARN stands for.
 * @throws AwsError ValidationException for what is none of them, ResourceNotFoundException for another account or
 *   Region, InvalidParameterValueException for a qualifier (versions and aliases are not supported)
 */
export function resolveFunctionArn(nameOrArn: string, environment: LocalEnvironment): string {
  const groups = PATTERN.exec(nameOrArn)?.groups;
  const name = groups?.['name'];
  if (groups === undefined || name === undefined) {
    throw new AwsError('ValidationException', `'${nameOrArn}' is neither the name nor the ARN of a function`);
  }
  if (groups['qualifier'] !== undefined) throw qualifierNotSupported(groups['qualifier']);
  const { region = environment.region, account = environment.accountId } = groups;
  if (region !== environment.region || account !== environment.accountId) throw functionNotFound(nameOrArn);
  return functionArn(environment, name);
}

export function functionNotFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
}

export function qualifierNotSupported(qualifier: string): AwsError {
  return new AwsError(
    'InvalidParameterValueException',
    `The local Lambda has no versions or aliases: qualifier '${qualifier}' is not supported`,
  );
}
