import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CfnSubscriptionFilter,
  FilterPattern,
  type IFilterPattern,
  type ILogGroup,
} from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { refusedMessage, watchedRoutes } from '../../functions/alerts/contract.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';

/** Lines of the access log: requests on which keys are used, whatever came of them. A preflight brings no key. */
export const watchedRequests = FilterPattern.all(
  FilterPattern.any(...watchedRoutes.map((route) => FilterPattern.stringValue('$.resource', '=', route))),
  FilterPattern.stringValue('$.method', '!=', 'OPTIONS'),
);

/** Lines of the authorizer: refusals of keys that exist. */
export const refusedKeys = FilterPattern.all(
  FilterPattern.stringValue('$.message', '=', refusedMessage),
  FilterPattern.exists('$.keyId'),
);

export interface LogSubscription {
  readonly logGroup: ILogGroup;
  readonly fn: LatchkeyFunction;
  readonly pattern: IFilterPattern;
}

/**
 * Hands a function the lines of a log group that match. A group takes two filters at most. The CDK's own construct lets
 * the service in from any account that names the group.
 */
export function subscribe(scope: Construct, id: string, { logGroup, fn, pattern }: LogSubscription): void {
  fn.addPermission(id, {
    principal: new ServicePrincipal('logs.amazonaws.com'),
    sourceArn: logGroup.logGroupArn,
    sourceAccount: Stack.of(scope).account,
  });
  const filter = new CfnSubscriptionFilter(scope, id, {
    logGroupName: logGroup.logGroupName,
    destinationArn: fn.functionArn,
    filterPattern: pattern.logPatternString,
  });
  // CloudWatch tries it when the filter is made.
  const permission = fn.node.findChild(id);
  filter.node.addDependency(permission);
}
