import {
  generatedName,
  type Identity,
  type IdentityContext,
  iamId,
  physicalName,
  shortId,
  uuid,
} from './physical-ids.ts';

function bucketName(context: IdentityContext): string {
  const { accountId } = context.environment;
  // Bucket names are shared by all of AWS and in lower case; a laptop's only need the right shape.
  return (
    context.text('BucketName') ??
    `${generatedName(context, 63 - accountId.length - 1)}-${accountId}`.toLowerCase()
  );
}

function functionArn(context: IdentityContext): string {
  return `arn:aws:cloudfront::${context.environment.accountId}:function/${physicalName(context, 'Name', 64)}`;
}

const itself: Identity['attributes'][string] = (_context, ref) => ref;

/** How buckets and distributions, and what belongs to them, are called. */
export const site: Readonly<Record<string, Identity>> = {
  'AWS::CloudFront::Distribution': {
    ref: (context) => iamId(context, 'E').slice(0, 14),
    attributes: { DomainName: (context) => `d${shortId(context, 13)}.cloudfront.net`, Id: itself },
  },
  'AWS::CloudFront::Function': {
    ref: functionArn,
    attributes: { FunctionARN: itself, 'FunctionMetadata.FunctionARN': itself },
  },
  'AWS::CloudFront::OriginAccessControl': {
    ref: (context) => iamId(context, 'E').slice(0, 14),
    attributes: { Id: itself },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': { ref: uuid, attributes: { Id: itself } },
  'AWS::Lambda::LayerVersion': {
    ref: ({ environment, ...context }) => {
      const { region, accountId } = environment;
      const name = physicalName({ environment, ...context }, 'LayerName', 140);
      return `arn:aws:lambda:${region}:${accountId}:layer:${name}:1`;
    },
    attributes: { LayerVersionArn: itself },
  },
  'AWS::S3::Bucket': {
    ref: bucketName,
    attributes: {
      Arn: (_context, ref) => `arn:aws:s3:::${ref}`,
      DomainName: (_context, ref) => `${ref}.s3.amazonaws.com`,
      RegionalDomainName: (context, ref) => `${ref}.s3.${context.environment.region}.amazonaws.com`,
    },
  },
  'AWS::S3::BucketPolicy': { ref: (context) => physicalName(context, 'Bucket', 63), attributes: {} },
  'Custom::CDKBucketDeployment': { ref: (context) => generatedName(context, 255), attributes: {} },
};
