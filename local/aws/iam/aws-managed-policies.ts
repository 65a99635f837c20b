/**
 * AWS's own managed policies that a role may name, each with why it changes nothing on a laptop: none of them allows
 * an action of a service that the local endpoint runs.
 */
export const awsManagedPolicies: Readonly<Record<string, string>> = {
  'service-role/AWSLambdaBasicExecutionRole': 'writes logs; the local runner prints them',
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': 'writes logs; the local runner prints them',
  AWSXRayDaemonWriteAccess: 'sends traces; there is no X-Ray on a laptop',
  CloudWatchLambdaInsightsExecutionRolePolicy: 'writes metrics as logs; there is no CloudWatch on a laptop',
};

/** The part after `arn:<partition>:iam::aws:policy/`, or undefined for a policy that is not AWS's. */
export function awsManagedPolicyName(arn: string): string | undefined {
  return /^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
}
