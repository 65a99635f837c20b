import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { readSite, type Site } from '../../../local/dashboard/read-site.ts';
import { stripNoEffect } from '../../../local/no-effect.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment } from '../template/support.ts';

type Json = Readonly<Record<string, unknown>>;

/** Resources of a template by logical id, each a `Type` with its `Properties`. */
export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Json }>>;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, which a deployment takes for an asset; removed after the tests of the file. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-site-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export const script = `${'/* licence */'.repeat(100)}\nconsole.log("Ada");\n`;
export const page = '<!doctype html><title>Keys</title>';

/** Assets by the key that they are uploaded under. */
export const assets: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'files.zip': {
    'index.html': page,
    'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'assets/index-B3.js': script,
    'assets/index-C4.css': 'body{}',
  },
  'settings.zip': { 'config.json': '{"apiUrl":"https://<<marker:0xbaba:0>>.example.com/dev"}' },
};

export const readAndList = ['s3:GetObject', 's3:ListBucket'];

export function policyWith(actions: readonly string[]): Resources[string] {
  const arn = { 'Fn::GetAtt': ['Bucket', 'Arn'] };
  const statement = {
    Effect: 'Allow',
    Action: actions,
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
    Condition: {
      StringEquals: {
        'AWS:SourceArn': {
          'Fn::Sub': `arn:aws:cloudfront::$\{AWS::AccountId}:distribution/$\{Distribution}`,
        },
      },
    },
  };
  return {
    Type: 'AWS::S3::BucketPolicy',
    Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: [statement] } },
  };
}

export function deployment(properties: Json): Resources[string] {
  return {
    Type: 'Custom::CDKBucketDeployment',
    Properties: {
      ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:copy',
      SourceBucketNames: ['assets'],
      DestinationBucketName: { Ref: 'Bucket' },
      ...properties,
    },
  };
}

/** A distribution as the CDK writes it, with a bucket, a function, headers, and two deployments. */
export const resources: Resources = {
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { PublicAccessBlockConfiguration: {} } },
  Policy: policyWith(readAndList),
  SinglePage: {
    Type: 'AWS::CloudFront::Function',
    Properties: {
      AutoPublish: true,
      FunctionCode:
        'async function handler({ request }) { if (!/\\.\\w+$/.test(request.uri)) request.uri = "/index.html"; return request; }',
      FunctionConfig: { Comment: 'one page', Runtime: 'cloudfront-js-2.0' },
      Name: 'single-page',
    },
  },
  Access: {
    Type: 'AWS::CloudFront::OriginAccessControl',
    Properties: {
      OriginAccessControlConfig: {
        Name: 'access',
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    },
  },
  Headers: {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: {
        Name: 'headers',
        CustomHeadersConfig: { Items: [{ Header: 'X-Custom', Value: 'own', Override: true }] },
        SecurityHeadersConfig: {
          ContentSecurityPolicy: {
            ContentSecurityPolicy: 'connect-src https://api.example.com',
            Override: true,
          },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'SAMEORIGIN', Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'same-origin', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 60, Preload: true, Override: true },
        },
      },
    },
  },
  Distribution: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Aliases: ['keys.example.com'],
        Comment: 'a site',
        DefaultCacheBehavior: {
          CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
          Compress: true,
          FunctionAssociations: [
            { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['SinglePage', 'FunctionARN'] } },
          ],
          ResponseHeadersPolicyId: { Ref: 'Headers' },
          TargetOriginId: 'bucket',
          ViewerProtocolPolicy: 'redirect-to-https',
        },
        DefaultRootObject: 'index.html',
        Enabled: true,
        Origins: [
          {
            DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
            Id: 'bucket',
            OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
            S3OriginConfig: { OriginAccessIdentity: '' },
          },
        ],
      },
    },
  },
  Assets: deployment({
    SourceObjectKeys: ['files.zip'],
    Exclude: ['*'],
    Include: ['assets/*'],
    Prune: false,
    SystemMetadata: { 'cache-control': 'immutable' },
  }),
  Pages: deployment({
    SourceObjectKeys: ['files.zip', 'settings.zip'],
    SourceMarkers: [{}, { '<<marker:0xbaba:0>>': 'api' }],
    SourceMarkersConfig: [{}, { jsonEscape: true }],
    Exclude: ['assets/*'],
    SystemMetadata: { 'cache-control': 'no-cache' },
  }),
};

/** The resources with something changed deep inside: `{ 'Distribution.DistributionConfig.Comment': … }` below `Properties`. */
export function changed(changes: Readonly<Record<string, unknown>>): Resources {
  const copy = structuredClone(resources) as Record<string, { Properties: Json }>;
  for (const [path, value] of Object.entries(changes)) {
    const [logicalId = '', ...steps] = path.split('.');
    const last = steps.pop() ?? '';
    const parent = steps.reduce<Record<string, unknown>>(
      (inner, step) => inner[step] as Record<string, unknown>,
      copy[logicalId]?.Properties as Record<string, unknown>,
    );
    parent[last] = value;
  }
  return copy as Resources;
}

/** As a start reads it. */
export function siteOf(
  wanted: Resources = resources,
  files: Readonly<Record<string, Readonly<Record<string, string>>>> = assets,
): Site | undefined {
  const resolved = resolveTemplate({ Resources: wanted }, environment);
  return readSite(stripNoEffect(resolved.resources), environment, (key) => folderWith(files[key] ?? {}));
}
