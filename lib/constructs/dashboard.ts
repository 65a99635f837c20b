import { fileURLToPath } from 'node:url';
import { Aws, CfnOutput, Lazy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  Function as CloudFrontFunction,
  Distribution,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { DashboardDeployment } from './dashboard-deployment.ts';
import { contentSecurityPolicy, dashboardHeaders } from './dashboard-headers.ts';
import { dataRemoval } from './stage-settings.ts';

export interface DashboardProps {
  readonly config: Config;
}

/** What the pages call, and are told of. */
export interface DashboardServices {
  readonly api: { readonly url: string; readonly restApi: Pick<RestApi, 'restApiId'> };
  readonly identity: {
    readonly issuer: string;
    readonly clientId: string;
    readonly origins: readonly string[];
  };
}

/** What is there to publish in: nothing, where the dashboard is served elsewhere. */
interface Hosting {
  readonly bucket: Bucket;
  readonly distribution: Distribution;
}

/**
 * The web page that subscribers use: files in a private bucket, which CloudFront alone reads. Where the configuration says
 * that it is served elsewhere there is nothing of it here but its address.
 */
export class Dashboard extends Construct {
  /** As browsers name it in `Origin`: without a slash at the end. */
  readonly origin: string;
  readonly #config: Config;
  readonly #hosting: Hosting | undefined;
  #callable: readonly string[] = [];

  constructor(scope: Construct, id: string, { config }: DashboardProps) {
    super(scope, id);
    this.#config = config;
    const { url, domain } = config.dashboard;
    if (url === undefined) {
      const hosting = this.#host();
      this.#hosting = hosting;
      this.origin = `https://${domain?.name ?? hosting.distribution.domainName}`;
      this.#addNames(hosting.distribution);
    } else {
      this.origin = url;
    }
    new CfnOutput(Stack.of(this), 'DashboardUrl', {
      value: this.origin,
      description: 'Where people sign up',
    });
  }

  /**
   * API and issuer, which come later and know the dashboard's address, tell theirs. The pages' policy can name the API by
   * its id alone: its stage waits for the functions, and they for the distribution and its policy.
   */
  publish({ api, identity }: DashboardServices): void {
    if (this.#hosting === undefined) return;
    this.#callable = [originOf(this, api.restApi, this.#config), ...identity.origins];
    const { name, company, supportAddress, documentationUrl, statusUrl } = this.#config.product;
    new DashboardDeployment(this, 'Deployment', {
      config: this.#config,
      ...this.#hosting,
      settings: {
        apiUrl: api.url,
        issuer: identity.issuer,
        clientId: identity.clientId,
        product: name,
        company,
        supportAddress,
        documentationUrl,
        statusUrl,
      },
    });
  }

  #host(): Hosting {
    const { stage } = this.#config;
    // Names of CloudFront's are the account's, and the stack may stand in several Regions.
    const name = `latchkey-${stage}-${Aws.REGION}`;
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: dataRemoval(this.#config),
    });
    const pages = new CloudFrontFunction(this, 'SinglePage', {
      functionName: `${name}-single-page`,
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath: fileURLToPath(new URL('single-page.js', import.meta.url)) }),
    });
    const distribution = new Distribution(this, 'Distribution', {
      comment: `Latchkey dashboard (${stage})`,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket as IBucket, {
          originAccessControl: new S3OriginAccessControl(this, 'OriginAccess', {
            originAccessControlName: name,
          }),
          // Without the right to list, S3 answers 403 for what is missing. Nothing lists: no path leads to the bucket itself.
          originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        compress: true,
        functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: pages }],
        responseHeadersPolicy: dashboardHeaders(this, 'Headers', {
          name,
          policy: Lazy.string({ produce: () => contentSecurityPolicy(this.#callable) }),
        }),
      },
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...this.#ownDomain(),
    });
    return { bucket, distribution };
  }

  /** TLS 1.2 at least, where the certificate is ours: CloudFront's own has a policy of its own. */
  #ownDomain() {
    const { domain } = this.#config.dashboard;
    if (domain === undefined) return {};
    return {
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    };
  }

  /** DNS of the own domain: records in its zone, or else an output that tells where to point it. */
  #addNames(distribution: Distribution): void {
    const { domain } = this.#config.dashboard;
    if (domain === undefined) return;
    if (domain.hostedZone === undefined) {
      new CfnOutput(Stack.of(this), 'DashboardDomainTarget', {
        value: distribution.distributionDomainName,
        description: `Point ${domain.name} here (CNAME or alias)`,
      });
      return;
    }
    const zone = HostedZone.fromHostedZoneAttributes(this, 'HostedZone', {
      hostedZoneId: domain.hostedZone.id,
      zoneName: domain.hostedZone.name,
    });
    const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
    const recordName = `${domain.name}.`;
    new ARecord(this, 'AliasRecord', { zone, recordName, target });
    new AaaaRecord(this, 'AliasRecordV6', { zone, recordName, target });
  }
}

/** The API's, without its stage. */
function originOf(scope: Construct, { restApiId }: Pick<RestApi, 'restApiId'>, { domain }: Config): string {
  if (domain !== undefined) return `https://${domain.name}`;
  const { region, urlSuffix } = Stack.of(scope);
  return `https://${restApiId}.execute-api.${region}.${urlSuffix}`;
}
