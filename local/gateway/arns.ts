import type { LocalEnvironment } from '../model.ts';
import { functionName } from './function-uri.ts';
import type { GatewayModel, InvokePermission } from './model.ts';
import { matchesWildcards } from './wildcards.ts';

/** `arn:aws:execute-api:<region>:<account>:<api>/<rest>` */
export function executeApiArn({ region, accountId }: LocalEnvironment, apiId: string, rest: string): string {
  return `arn:${partition(region)}:execute-api:${region}:${accountId}:${apiId}/${rest}`;
}

/** What a policy is evaluated against: stage, method and the path as requested. */
export function methodArn(
  environment: LocalEnvironment,
  model: GatewayModel,
  request: { method: string; path: string },
): string {
  return executeApiArn(environment, model.apiId, `${model.stage.name}/${request.method}${request.path}`);
}

function partition(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Whether a resource-based policy lets API Gateway, acting for `sourceArn`, invoke the function. */
export function mayInvoke(
  permissions: readonly InvokePermission[],
  functionArn: string,
  sourceArn: string,
): boolean {
  const name = functionName(functionArn);
  return permissions.some(
    (permission) =>
      functionName(permission.functionName) === name &&
      (permission.sourceArn === undefined || matchesWildcards(permission.sourceArn, sourceArn)),
  );
}
