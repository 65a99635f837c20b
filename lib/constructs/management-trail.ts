import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ReadWriteType, Trail } from 'aws-cdk-lib/aws-cloudtrail';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { LatchkeyFunction } from './latchkey-function.ts';

export interface ManagementTrailProps {
  readonly functions: readonly LatchkeyFunction[];
}

/**
 * CloudTrail data events of the management functions: who invoked what, as AWS saw it. A Lambda learns nothing
 * trustworthy about its invoker; the request id that stands in each change is the one that CloudTrail attests.
 */
export class ManagementTrail extends Construct {
  constructor(scope: Construct, id: string, { functions }: ManagementTrailProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(2557), noncurrentVersionExpiration: Duration.days(30) }],
      // Evidence outlives the stack that it is about; a bucket that holds any could not be deleted with it anyway.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const trail = new Trail(this, 'Trail', {
      bucket: bucket as IBucket,
      enableFileValidation: true,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: false,
      // Management events of the account are the account's own trail's business.
      managementEvents: ReadWriteType.NONE,
    });
    trail.addLambdaEventSelector([...functions], { includeManagementEvents: false });
  }
}
