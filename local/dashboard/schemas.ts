import { z } from 'zod';

/**
 * The properties of buckets, distributions and what belongs to them, as far as they are served here; what has no effect by
 * intent is gone before (`no-effect.ts`), and anything else is refused by name.
 */
export const bucketSchema = z.strictObject({ BucketName: z.string().optional() });

export const bucketPolicySchema = z.strictObject({ Bucket: z.string(), PolicyDocument: z.unknown() });

/** AWS's own `CachingOptimized`: as long as an object says, by gzip and Brotli, whatever query and cookies come. */
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6';

const behaviorSchema = z.strictObject({
  AllowedMethods: z
    .array(z.enum(['GET', 'HEAD'], 'only GET and HEAD are supported'))
    .length(2)
    .default(['GET', 'HEAD']),
  CachePolicyId: z.literal(cachingOptimized, 'only the policy CachingOptimized is supported'),
  Compress: z.boolean().default(false),
  FunctionAssociations: z
    .array(z.strictObject({ EventType: z.literal('viewer-request'), FunctionARN: z.string() }))
    .max(1)
    .default([]),
  ResponseHeadersPolicyId: z.string().optional(),
  TargetOriginId: z.string(),
});

const originSchema = z.strictObject({
  DomainName: z.string(),
  Id: z.string(),
  OriginAccessControlId: z.string(),
  S3OriginConfig: z.strictObject({ OriginAccessIdentity: z.literal('').optional() }),
});

export const distributionSchema = z.strictObject({
  DistributionConfig: z.strictObject({
    Aliases: z.array(z.string()).default([]),
    DefaultCacheBehavior: behaviorSchema,
    DefaultRootObject: z.string().default(''),
    Enabled: z.literal(true),
    Origins: z.tuple([originSchema]),
  }),
});

export const accessControlSchema = z.strictObject({
  OriginAccessControlConfig: z.strictObject({
    Name: z.string(),
    OriginAccessControlOriginType: z.literal('s3'),
    SigningBehavior: z.literal('always'),
    SigningProtocol: z.literal('sigv4'),
  }),
});

export const functionSchema = z.strictObject({
  AutoPublish: z.literal(true),
  FunctionCode: z.string(),
  FunctionConfig: z.strictObject({ Runtime: z.literal('cloudfront-js-2.0') }),
  Name: z.string(),
});

/** No object has such a header of its own, so that which of the two would win is not asked. */
const override = { Override: z.boolean() };

export const headersPolicySchema = z.strictObject({
  ResponseHeadersPolicyConfig: z.strictObject({
    CustomHeadersConfig: z
      .strictObject({
        Items: z.array(z.strictObject({ Header: z.string(), Value: z.string(), ...override })),
      })
      .default({ Items: [] }),
    Name: z.string(),
    SecurityHeadersConfig: z
      .strictObject({
        ContentSecurityPolicy: z.strictObject({ ContentSecurityPolicy: z.string(), ...override }).optional(),
        ContentTypeOptions: z.strictObject(override).optional(),
        FrameOptions: z.strictObject({ FrameOption: z.enum(['DENY', 'SAMEORIGIN']), ...override }).optional(),
        ReferrerPolicy: z.strictObject({ ReferrerPolicy: z.string(), ...override }).optional(),
        StrictTransportSecurity: z
          .strictObject({
            AccessControlMaxAgeSec: z.int(),
            IncludeSubdomains: z.boolean().default(false),
            Preload: z.boolean().default(false),
            ...override,
          })
          .optional(),
      })
      .default({}),
  }),
});

const patterns = z
  .array(z.string().regex(/^[^[]*$/, 'character classes are not supported by the local stack'))
  .default([]);

export const deploymentSchema = z.strictObject({
  DestinationBucketName: z.string(),
  DistributionId: z.string().optional(),
  Exclude: patterns,
  Include: patterns,
  Prune: z.boolean().default(true),
  SourceBucketNames: z.array(z.string()),
  SourceMarkers: z.array(z.record(z.string(), z.unknown())).default([]),
  SourceMarkersConfig: z.array(z.strictObject({ jsonEscape: z.boolean().optional() })).default([]),
  SourceObjectKeys: z.array(z.string()).min(1),
  SystemMetadata: z.strictObject({ 'cache-control': z.string().optional() }).default({}),
});
