import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, type ISource, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { bundleDashboard } from './dashboard-bundle.ts';
import { dataRemoval, logRetention } from './stage-settings.ts';

export interface DashboardDeploymentProps {
  readonly config: Config;
  readonly bucket: Bucket;
  readonly distribution: Distribution;
  /** What `/config.json` tells the pages. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Puts the built dashboard into its bucket with every deployment of the stack. */
export class DashboardDeployment extends Construct {
  readonly #role: Role;

  constructor(
    scope: Construct,
    id: string,
    { config, bucket, distribution, settings }: DashboardDeploymentProps,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/latchkey/${config.stage}/publish-dashboard`,
      retention: logRetention(config),
      removalPolicy: dataRemoval(config),
    });
    this.#role = this.#addRole(logGroup, bucket, distribution);
    const files = Source.asset(bundleDashboard());
    const common = {
      destinationBucket: bucket as IBucket,
      // The construct would grant itself whole families of actions.
      role: this.#role.withoutPolicyUpdates(),
      logGroup,
      // What goes with the stack is emptied first, or it could not be deleted.
      retainOnDelete: config.retainData,
    };
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [this.#readable(files)],
      exclude: ['*'],
      include: ['assets/*'],
      // Their names are made of their content. Former ones stay, for pages that are open somewhere.
      cacheControl: [
        CacheControl.setPublic(),
        CacheControl.maxAge(Duration.days(365)),
        CacheControl.immutable(),
      ],
      prune: false,
    });
    const pages = new BucketDeployment(this, 'Pages', {
      ...common,
      sources: [this.#readable(files), this.#readable(Source.jsonData('config.json', settings))],
      exclude: ['assets/*'],
      cacheControl: [CacheControl.noCache()],
      distribution,
      distributionPaths: ['/*'],
      // CloudFront asks again after a second anyway: no deployment shall fail because an invalidation takes long.
      waitForDistributionInvalidation: false,
    });
    // No page before what it loads.
    pages.node.addDependency(assets);
  }

  /**
   * What copies the files may write the bucket and tell CloudFront, and nothing else. It does not get to read the bucket's
   * tags: by them it would spare the files when the stack goes (`retainOnDelete`), as it does for a renamed construct.
   */
  #addRole(logGroup: LogGroup, bucket: Bucket, { distributionId }: Distribution): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: 'What copies the dashboard into its bucket may do, and nothing else',
    });
    const distributionArn = Stack.of(this).formatArn({
      service: 'cloudfront',
      region: '',
      resource: 'distribution',
      resourceName: distributionId,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const allow = (actions: string[], resources: string[]) =>
      role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);
    allow(['s3:ListBucket'], [bucket.bucketArn]);
    allow(['s3:PutObject', 's3:DeleteObject'], [bucket.arnForObjects('*')]);
    allow(['cloudfront:CreateInvalidation'], [distributionArn]);
    return role;
  }

  /** The source, of which the role may read the one object that it is. */
  #readable(source: ISource): ISource {
    return {
      bind: (scope, context) => {
        const bound = source.bind(scope, context);
        this.#role.addToPolicy(
          new PolicyStatement({
            actions: ['s3:GetObject'],
            resources: [bound.bucket.arnForObjects(bound.zipObjectKey)],
          }),
        );
        return bound;
      },
    };
  }
}
