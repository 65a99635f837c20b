import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleDashboard } from '../../lib/constructs/dashboard-bundle.ts';
import {
  at,
  dashboardCertificateArn,
  hostedZone,
  list,
  type Properties,
  removeAssemblies,
  type Synthesized,
  statements,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

const domain = { name: 'keys.example.com', certificateArn: dashboardCertificateArn };

function configOf({ one }: Synthesized): Properties {
  return at(one('AWS::CloudFront::Distribution').properties, 'DistributionConfig') as Properties;
}

function headersOf({ one }: Synthesized): Properties {
  return at(
    one('AWS::CloudFront::ResponseHeadersPolicy').properties,
    'ResponseHeadersPolicyConfig',
  ) as Properties;
}

/** Directives of the Content-Security-Policy, by name. */
function policyOf(synthesized: Synthesized): Readonly<Record<string, string[]>> {
  const text = at(
    headersOf(synthesized),
    'SecurityHeadersConfig',
    'ContentSecurityPolicy',
    'ContentSecurityPolicy',
  );
  return Object.fromEntries(
    String(text)
      .split('; ')
      .map((directive) => directive.split(' '))
      .map(([name = '', ...sources]) => [name, sources]),
  );
}

/** What copies the files, by name: `Assets`, `Pages`. */
function deploymentOf({ one }: Synthesized, name: string) {
  return one('Custom::CDKBucketDeployment', `DashboardDeployment${name}CustomResource`);
}

describe.each(['dev', 'prod'] as const)('the dashboard of %s', (stage) => {
  const synthesized = template(stage);
  const { one, ofType } = synthesized;

  test('lies in a bucket that nobody reaches but the distribution, by TLS', () => {
    const bucket = one('AWS::S3::Bucket', 'DashboardBucket');
    expect(bucket.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    for (const property of ['AccessControl', 'WebsiteConfiguration', 'CorsConfiguration', 'BucketName']) {
      expect(bucket.properties).not.toHaveProperty(property);
    }
    const resources = ['DashboardBucket', 'DashboardBucket/*'];
    const { properties } = one('AWS::S3::BucketPolicy', 'DashboardBucketPolicy');
    expect(statements(properties['PolicyDocument'])).toEqual([
      {
        effect: 'Deny',
        actions: ['s3:*'],
        resources,
        principal: { AWS: '*' },
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        effect: 'Allow',
        // The latter, so that what is missing is not forbidden.
        actions: ['s3:GetObject', 's3:ListBucket'],
        resources,
        principal: { Service: 'cloudfront.amazonaws.com' },
        condition: {
          StringEquals: {
            'AWS:SourceArn':
              'arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/DashboardDistribution',
          },
        },
      },
    ]);
    expect(bucket.deletionPolicy).toBe(stage === 'prod' ? 'Retain' : 'Delete');
  });

  test('comes from there by signed requests, compressed, over HTTPS alone, by HTTP/2 and 3', () => {
    const config = configOf(synthesized);
    expect(config).toMatchObject({
      Enabled: true,
      HttpVersion: 'http2and3',
      DefaultRootObject: 'index.html',
      DefaultCacheBehavior: {
        ViewerProtocolPolicy: 'redirect-to-https',
        AllowedMethods: ['GET', 'HEAD'],
        Compress: true,
        ResponseHeadersPolicyId: 'DashboardHeaders',
      },
      Origins: [
        {
          DomainName: 'DashboardBucket.RegionalDomainName',
          OriginAccessControlId: 'DashboardOriginAccess.Id',
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
    });
    expect(
      at(one('AWS::CloudFront::OriginAccessControl').properties, 'OriginAccessControlConfig'),
    ).toMatchObject({
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    });
    // Nothing has headers of its own, or is an error page that looks like a page.
    expect(config).not.toHaveProperty('CacheBehaviors');
    expect(config).not.toHaveProperty('CustomErrorResponses');
  });

  test('runs nothing and loads nothing but its own files, and sends nothing but to the API and to who signs people in', () => {
    expect(policyOf(synthesized)).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'"],
      'font-src': ["'self'"],
      'connect-src': [
        "'self'",
        'https://ApiRestApi.execute-api.<AWS::Region>.<AWS::URLSuffix>',
        'https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>',
        'https://IdentityUsersPoolDomain.auth.<AWS::Region>.amazoncognito.com',
      ],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
      'require-trusted-types-for': ["'script'"],
      'trusted-types': ["'none'"],
    });
    expect(JSON.stringify(headersOf(synthesized))).not.toMatch(/unsafe-|\*|data:|http:/);
  });

  test('is not framed, not guessed at, not reached from other windows, tells nobody where people come from, and asks for no device', () => {
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headersOf(synthesized);
    expect(security).toMatchObject({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: {
        AccessControlMaxAgeSec: 63_072_000,
        IncludeSubdomains: true,
        Override: true,
      },
    });
    const headers = Object.fromEntries(
      list(at(custom, 'Items')).map((item) => [at(item, 'Header'), at(item, 'Value')]),
    );
    expect(headers).toEqual({
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': expect.stringMatching(/^([a-z-]+=\(\), )+clipboard-write=\(self\)$/),
    });
  });

  test('is copied by deployments: what is named by its content for a year, and then the pages that load it, never kept', () => {
    const assets = deploymentOf(synthesized, 'Assets');
    const pages = deploymentOf(synthesized, 'Pages');
    expect(assets.properties).toMatchObject({
      DestinationBucketName: 'DashboardBucket',
      Exclude: ['*'],
      Include: ['assets/*'],
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
      // For pages that are open somewhere.
      Prune: false,
      RetainOnDelete: stage === 'prod',
    });
    expect(pages.properties).toMatchObject({
      DestinationBucketName: 'DashboardBucket',
      Exclude: ['assets/*'],
      SystemMetadata: { 'cache-control': 'no-cache' },
      Prune: true,
      RetainOnDelete: stage === 'prod',
      DistributionId: 'DashboardDistribution',
      DistributionPaths: ['/*'],
    });
    expect(pages.dependsOn).toContain(assets.name);
    expect(list(assets.properties['SourceObjectKeys'])).toHaveLength(1);
    expect(list(pages.properties['SourceObjectKeys'])).toEqual([
      ...list(assets.properties['SourceObjectKeys']),
      expect.stringMatching(/\.zip$/),
    ]);
    expect(ofType('Custom::CDKBucketDeployment')).toHaveLength(2);
  });

  test('is told at deployment where the API and the issuer are', () => {
    const markers = at(deploymentOf(synthesized, 'Pages').properties, 'SourceMarkers', 1) as Properties;
    expect(Object.values(markers)).toEqual([
      'ApiRestApi',
      '<AWS::Region>',
      '<AWS::URLSuffix>',
      `ApiRestApiDeploymentStage${stage}`,
      'IdentityUsersPool.ProviderURL',
      'IdentityUsersPoolDashboard',
    ]);
  });

  test('is copied by what may write this bucket, read these files, and tell this distribution, and nothing else', () => {
    const { properties } = one('AWS::IAM::Policy', 'DashboardDeploymentRoleDefaultPolicy');
    const granted = statements(properties['PolicyDocument']).map(({ effect, actions, resources }) => {
      expect(effect).toBe('Allow');
      return [actions, resources];
    });
    // The CDK sorts what a statement is about.
    const keys = list(deploymentOf(synthesized, 'Pages').properties['SourceObjectKeys']).toSorted();
    expect(granted).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], ['DashboardDeploymentLogs']],
      [['s3:ListBucket'], ['DashboardBucket']],
      [['s3:DeleteObject', 's3:PutObject'], ['DashboardBucket/*']],
      [
        ['cloudfront:CreateInvalidation'],
        ['arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/DashboardDistribution'],
      ],
      [['s3:GetObject'], keys.map((key) => expect.stringMatching(new RegExp(`^arn:.*:s3:::.*/${key}$`)))],
    ]);
    const [handler, ...more] = ofType('AWS::Lambda::Function').filter(
      ({ properties: { Role } }) => Role === 'DashboardDeploymentRole',
    );
    expect(more).toEqual([]);
    expect(at(handler?.properties, 'LoggingConfig', 'LogGroup')).toBe('DashboardDeploymentLogs');
    for (const { properties: deployment } of ofType('Custom::CDKBucketDeployment')) {
      expect(deployment['ServiceToken']).toBe(handler?.name);
    }
    expect(one('AWS::IAM::Role', 'DashboardDeploymentRole').properties).not.toHaveProperty(
      'ManagedPolicyArns',
    );
  });
});

describe('the function of the distribution', () => {
  const code = String(template('prod').one('AWS::CloudFront::Function').properties['FunctionCode']);
  const handler = new Function(`${code}; return handler;`)() as (event: object) => { uri: string };
  const answerTo = (uri: string) => handler({ request: { method: 'GET', uri } }).uri;

  test('is in front of every request', () => {
    const config = configOf(template('prod'));
    expect(at(config, 'DefaultCacheBehavior', 'FunctionAssociations')).toEqual([
      { EventType: 'viewer-request', FunctionARN: 'DashboardSinglePage.FunctionARN' },
    ]);
  });

  test.each([
    '/',
    '/keys',
    '/keys/',
    '/keys/Ab3',
    '/signed-in',
    '/claim',
    '/a.b/c',
    '/.',
    '//',
    '/a.',
    '/assets/',
  ])('opens the page at %s', (uri) => {
    expect(answerTo(uri)).toBe('/index.html');
  });

  test.each([
    '/index.html',
    '/config.json',
    '/favicon.svg',
    '/assets/index-B3.js',
    '/assets/gone.js',
    '/.env',
  ])('leaves %s as it is: a file that is missing stays missing', (uri) => {
    expect(answerTo(uri)).toBe(uri);
  });

  test('is within what CloudFront takes', () => {
    expect(code.length).toBeLessThan(10_240);
  });
});

describe('what is deployed', () => {
  const folder = bundleDashboard();

  test('has nothing inline, which the policy would refuse, and no address of any stage', () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(page).toMatch(/<script type="module" crossorigin src="\/assets\/[\w.-]+\.js"><\/script>/);
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|https?:/);
  });
});

describe('with a domain of its own', () => {
  const synthesized = synthesize('prod', { dashboard: { domain } });

  test('it is there by TLS 1.2 or later, and the output tells where to point the name', () => {
    expect(configOf(synthesized)).toMatchObject({
      Aliases: ['keys.example.com'],
      ViewerCertificate: {
        AcmCertificateArn: dashboardCertificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
    expect(synthesized.outputs).toMatchObject({
      DashboardUrl: 'https://keys.example.com',
      DashboardDomainTarget: 'DashboardDistribution.DomainName',
    });
    expect(synthesized.ofType('AWS::Route53::RecordSet')).toEqual([]);
  });

  test('a hosted zone is given the records, for both kinds of addresses', () => {
    const zoned = synthesize('prod', { dashboard: { domain: { ...domain, hostedZone } } });
    const records = zoned.ofType('AWS::Route53::RecordSet').map(({ properties }) => properties);
    expect(records).toEqual(
      ['A', 'AAAA'].map((Type) =>
        expect.objectContaining({
          Type,
          Name: 'keys.example.com.',
          HostedZoneId: hostedZone.id,
          AliasTarget: expect.objectContaining({ DNSName: 'DashboardDistribution.DomainName' }),
        }),
      ),
    );
    expect(zoned.outputs).not.toHaveProperty('DashboardDomainTarget');
  });
});

test('an API and an issuer of other names are those that the pages may call, and are told of', () => {
  const synthesized = synthesize('prod', {
    domain: { name: 'api.example.com', hostedZone },
    identity: { issuer: 'https://id.example.com/realms/keys', clientId: 'dashboard' },
  });
  expect(policyOf(synthesized)['connect-src']).toEqual([
    "'self'",
    'https://api.example.com',
    'https://id.example.com',
  ]);
  // Known before the deployment: nothing is left to be filled in.
  expect(deploymentOf(synthesized, 'Pages').properties).not.toHaveProperty('SourceMarkers');
});

test('what is served elsewhere has nothing here but its address', () => {
  const synthesized = synthesize('dev', { dashboard: { url: 'http://localhost:5173' } });
  expect(synthesized.outputs['DashboardUrl']).toBe('http://localhost:5173');
  expect(synthesized.text).not.toMatch(/cloudfront|AWS::S3|CDKBucketDeployment/i);
});
