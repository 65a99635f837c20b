import { RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Config } from '../config.ts';

/** What happens to data when the stack goes: in production it stays. */
export function dataRemoval(config: Pick<Config, 'retainData'>): RemovalPolicy {
  return config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** The configuration admits only periods that CloudWatch Logs knows, and CDK's enum is those numbers of days. */
export function logRetention(config: Pick<Config, 'logRetentionDays'>): RetentionDays {
  return config.logRetentionDays;
}

/** How the names of usage plans and usage keys begin: several stages live in one account. */
export function usageNamePrefix({ stage }: Pick<Config, 'stage'>): string {
  return `latchkey-${stage}`;
}
