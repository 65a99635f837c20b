import { AwsError, type AwsRequest, type ConditionContext, type Principal } from './service.ts';

export type Decision =
  | { readonly allowed: true }
  /** `reason` is the end of AWS's sentence, such as `because no identity-based policy allows the ... action`. */
  | { readonly allowed: false; readonly reason: string };

/** Who may do what on the local endpoint. */
export interface AccessControl {
  /** The owner of an access key id; an id that nobody owns is the administrator's. */
  principalOf(accessKeyId: string): Principal;
  decide(principal: Principal, action: string, resource: string, context?: ConditionContext): Decision;
}

/**
 * The `authorize` of one request.
 * @param deniedStatus 400 for services of the JSON protocol, 403 for REST
 */
export function authorizer(
  access: AccessControl,
  principal: Principal,
  deniedStatus: number,
): AwsRequest['authorize'] {
  return (action, resource, context) => {
    const decision = access.decide(principal, action, resource, context);
    if (decision.allowed) return;
    throw new AwsError(
      'AccessDeniedException',
      `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${decision.reason}`,
      deniedStatus,
    );
  };
}
