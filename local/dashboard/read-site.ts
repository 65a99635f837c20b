import type { z } from 'zod';
import { parsePolicy } from '../aws/iam/policy-document.ts';
import { describeResource, ofType, readProperties } from '../aws/properties.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { readObjects, type StoredObject } from './read-objects.ts';
import {
  accessControlSchema,
  bucketPolicySchema,
  bucketSchema,
  distributionSchema,
  functionSchema,
  headersPolicySchema,
} from './schemas.ts';

/** A distribution of the template with the one bucket behind it. */
export interface Site {
  /** Where the cloud has it, each without a slash at the end. */
  readonly addresses: readonly string[];
  readonly compress: boolean;
  /** What `/` stands for; empty for nothing. */
  readonly rootObject: string;
  /** Code of the function that sees each request first. */
  readonly viewerRequest: string | undefined;
  /** Of every answer. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** Whether the bucket's policy lets the distribution read objects, and list them: without the latter, what is missing is forbidden. */
  readonly mayRead: boolean;
  readonly mayList: boolean;
}

/**
 * Reads the `AWS::S3::*` and `AWS::CloudFront::*` resources, and what is deployed into the bucket.
 * @param assetFolder absolute folder of what is uploaded as a zip file under a key
 * @returns undefined for a template without a distribution
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readSite(
  resources: readonly ResolvedResource[],
  environment: LocalEnvironment,
  assetFolder: (objectKey: string) => string,
): Site | undefined {
  const buckets = ofType(resources, 'AWS::S3::Bucket');
  for (const bucket of buckets) readProperties(bucket, bucketSchema);
  const [distribution, second] = ofType(resources, 'AWS::CloudFront::Distribution');
  if (second !== undefined) {
    throw new Error(`${describeResource(second)}: the local runner supports one resource of this type`);
  }
  if (distribution === undefined) {
    readObjects(resources, undefined, assetFolder);
    return undefined;
  }
  const { DistributionConfig: config } = readProperties(distribution, distributionSchema);
  const { DefaultCacheBehavior: behavior, Origins } = config;
  const [origin] = Origins;
  const bucket = buckets.find(({ attributes }) => attributes['RegionalDomainName'] === origin.DomainName);
  if (bucket === undefined || behavior.TargetOriginId !== origin.Id) {
    throw new Error(`${describeResource(distribution)}: its origin must be a bucket of the template`);
  }
  const accessControls = ofType(resources, 'AWS::CloudFront::OriginAccessControl');
  readProperties(named(distribution, accessControls, origin.OriginAccessControlId), accessControlSchema);
  const [association] = behavior.FunctionAssociations;
  const functions = ofType(resources, 'AWS::CloudFront::Function');
  const headers = ofType(resources, 'AWS::CloudFront::ResponseHeadersPolicy');
  return {
    addresses: [distribution.attributes['DomainName'] ?? '', ...config.Aliases].map(
      (name) => `https://${name}`,
    ),
    compress: behavior.Compress,
    rootObject: config.DefaultRootObject,
    viewerRequest:
      association &&
      readProperties(named(distribution, functions, association.FunctionARN), functionSchema).FunctionCode,
    headers:
      behavior.ResponseHeadersPolicyId === undefined
        ? []
        : headersOf(
            readProperties(
              named(distribution, headers, behavior.ResponseHeadersPolicyId),
              headersPolicySchema,
            ),
          ),
    objects: readObjects(resources, bucket.ref, assetFolder),
    ...accessTo(bucket, distribution, resources, environment),
  };
}

function named(
  distribution: ResolvedResource,
  candidates: readonly ResolvedResource[],
  ref: string,
): ResolvedResource {
  const found = candidates.find((resource) => resource.ref === ref);
  if (found === undefined)
    throw new Error(`${describeResource(distribution)}: there is no "${ref}" in the stack`);
  return found;
}

type HeadersPolicy = z.output<typeof headersPolicySchema>;

function headersOf({ ResponseHeadersPolicyConfig: config }: HeadersPolicy): (readonly [string, string])[] {
  const {
    ContentSecurityPolicy: policy,
    ContentTypeOptions: typeOptions,
    FrameOptions: frames,
    ReferrerPolicy: referrer,
    StrictTransportSecurity: transport,
  } = config.SecurityHeadersConfig;
  return [
    ...(policy ? [['Content-Security-Policy', policy.ContentSecurityPolicy] as const] : []),
    ...(typeOptions ? [['X-Content-Type-Options', 'nosniff'] as const] : []),
    ...(frames ? [['X-Frame-Options', frames.FrameOption] as const] : []),
    ...(referrer ? [['Referrer-Policy', referrer.ReferrerPolicy] as const] : []),
    ...(transport ? [['Strict-Transport-Security', transportText(transport)] as const] : []),
    ...config.CustomHeadersConfig.Items.map(({ Header, Value }) => [Header, Value] as const),
  ];
}

function transportText(transport: {
  AccessControlMaxAgeSec: number;
  IncludeSubdomains: boolean;
  Preload: boolean;
}): string {
  return [
    `max-age=${transport.AccessControlMaxAgeSec}`,
    ...(transport.IncludeSubdomains ? ['includeSubDomains'] : []),
    ...(transport.Preload ? ['preload'] : []),
  ].join('; ');
}

/** What the bucket's own policy lets CloudFront do for this distribution; nothing else lets it do anything. */
function accessTo(
  bucket: ResolvedResource,
  distribution: ResolvedResource,
  resources: readonly ResolvedResource[],
  { accountId }: LocalEnvironment,
): Pick<Site, 'mayRead' | 'mayList'> {
  const statements = ofType(resources, 'AWS::S3::BucketPolicy')
    .map((resource) => ({ resource, ...readProperties(resource, bucketPolicySchema) }))
    .filter(({ Bucket }) => Bucket === bucket.ref)
    .flatMap(({ resource, PolicyDocument }) =>
      parsePolicy(PolicyDocument, describeResource(resource), 'resource'),
    );
  const context = {
    'aws:SourceArn': `arn:aws:cloudfront::${accountId}:distribution/${distribution.ref}`,
    'aws:SecureTransport': 'true',
  };
  const allows = (action: string, resource: string) => {
    const effects = statements
      .filter((statement) => statement.matchesService('cloudfront.amazonaws.com', action, resource, context))
      .map(({ effect }) => effect);
    return effects.includes('Allow') && !effects.includes('Deny');
  };
  const arn = bucket.attributes['Arn'] ?? '';
  return { mayRead: allows('s3:GetObject', `${arn}/index.html`), mayList: allows('s3:ListBucket', arn) };
}
