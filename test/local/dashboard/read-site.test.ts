import { describe, expect, test } from 'vitest';
import {
  assets,
  changed,
  deployment,
  policyWith,
  readAndList,
  resources,
  script,
  siteOf,
} from './support.ts';

const { Bucket, Distribution, ...others } = resources;
if (Bucket === undefined || Distribution === undefined) throw new Error('there is nothing to test with');

describe('a distribution', () => {
  test('is known by the name that CloudFront gives, and by its own', () => {
    expect(siteOf()?.addresses).toEqual([
      expect.stringMatching(/^https:\/\/d[a-z0-9]{13}\.cloudfront\.net$/),
      'https://keys.example.com',
    ]);
  });

  test('gives the headers of its policy', () => {
    expect(siteOf()?.headers).toEqual([
      ['Content-Security-Policy', 'connect-src https://api.example.com'],
      ['X-Content-Type-Options', 'nosniff'],
      ['X-Frame-Options', 'SAMEORIGIN'],
      ['Referrer-Policy', 'same-origin'],
      ['Strict-Transport-Security', 'max-age=60; preload'],
      ['X-Custom', 'own'],
    ]);
  });

  test.each([
    [readAndList, { mayRead: true, mayList: true }],
    [['s3:GetObject'], { mayRead: true, mayList: false }],
    [['s3:PutObject'], { mayRead: false, mayList: false }],
  ])('may do with the bucket what the policy %j lets it', (actions, expected) => {
    expect(siteOf({ ...resources, Policy: policyWith(actions) })).toMatchObject(expected);
  });

  test('may do nothing by a policy for another distribution', () => {
    const Statement = {
      Effect: 'Allow',
      Action: readAndList,
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Resource: '*',
      Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::123456789012:distribution/E1' } },
    };
    expect(siteOf(changed({ 'Policy.PolicyDocument': { Statement } }))).toMatchObject({
      mayRead: false,
      mayList: false,
    });
  });

  test('is nowhere in a template that has none; a bucket alone is served by nobody', () => {
    expect(siteOf({ Bucket })).toBeUndefined();
  });

  const behavior = 'Distribution.DistributionConfig.DefaultCacheBehavior';
  test.each([
    ['Distribution.DistributionConfig.CustomErrorResponses', [], 'CustomErrorResponses'],
    ['Distribution.DistributionConfig.CacheBehaviors', [], 'CacheBehaviors'],
    ['Distribution.DistributionConfig.WebACLId', 'acl', 'WebACLId'],
    ['Distribution.DistributionConfig.Logging', {}, 'Logging'],
    ['Distribution.DistributionConfig.Enabled', false, 'Enabled'],
    ['Distribution.DistributionConfig.Origins.0.OriginPath', '/v1', 'OriginPath'],
    [`${behavior}.AllowedMethods`, ['GET', 'PUT'], 'AllowedMethods'],
    [`${behavior}.CachePolicyId`, 'another', 'CachePolicyId'],
    [`${behavior}.OriginRequestPolicyId`, 'another', 'OriginRequestPolicyId'],
    [`${behavior}.FunctionAssociations.0.EventType`, 'viewer-response', 'EventType'],
    [`${behavior}.LambdaFunctionAssociations`, [], 'LambdaFunctionAssociations'],
    ['SinglePage.FunctionConfig.Runtime', 'cloudfront-js-1.0', 'Runtime'],
    ['SinglePage.FunctionConfig.KeyValueStoreAssociations', [], 'KeyValueStoreAssociations'],
    ['Access.OriginAccessControlConfig.SigningBehavior', 'never', 'SigningBehavior'],
    ['Headers.ResponseHeadersPolicyConfig.CorsConfig', {}, 'CorsConfig'],
    ['Headers.ResponseHeadersPolicyConfig.RemoveHeadersConfig', {}, 'RemoveHeadersConfig'],
    ['Headers.ResponseHeadersPolicyConfig.SecurityHeadersConfig.XSSProtection', {}, 'XSSProtection'],
    ['Bucket.WebsiteConfiguration', {}, 'WebsiteConfiguration'],
    ['Bucket.CorsConfiguration', {}, 'CorsConfiguration'],
    ['Pages.DestinationBucketKeyPrefix', 'app', 'DestinationBucketKeyPrefix'],
    ['Pages.Extract', false, 'Extract'],
    ['Pages.UserMetadata', {}, 'UserMetadata'],
    ['Pages.SystemMetadata.content-language', 'en', 'content-language'],
    ['Pages.Exclude', ['[a-z]*'], 'character classes'],
  ])('with %s is refused by name', (path, value, named) => {
    const [logicalId = ''] = path.split('.');
    expect(() => siteOf(changed({ [path]: value }))).toThrow(named);
    expect(() => siteOf(changed({ [path]: value }))).toThrow(`"${logicalId}"`);
  });

  test('is refused where its bucket, function or headers are not of the template, and where there are two', () => {
    const elsewhere = { 'Distribution.DistributionConfig.Origins.0.DomainName': 'example.com' };
    expect(() => siteOf(changed(elsewhere))).toThrow('its origin must be a bucket of the template');
    expect(() => siteOf(changed({ [`${behavior}.ResponseHeadersPolicyId`]: 'managed' }))).toThrow(
      'there is no "managed" in the stack',
    );
    expect(() => siteOf({ Bucket, ...others, Distribution, Second: Distribution })).toThrow('"Second"');
  });
});

describe('the objects', () => {
  const keysOf = (site: ReturnType<typeof siteOf>) => [...(site?.objects.keys() ?? [])].sort();
  const contentOf = (site: ReturnType<typeof siteOf>, key: string) => site?.objects.get(key)?.body.toString();

  test('are what the deployments let through, each with its type and how long it may be kept', () => {
    const site = siteOf();
    const told = [...(site?.objects ?? [])].map(([key, { contentType, cacheControl }]) => [
      key,
      contentType,
      cacheControl,
    ]);
    expect(told.sort()).toEqual([
      ['assets/index-B3.js', 'text/javascript', 'immutable'],
      ['assets/index-C4.css', 'text/css', 'immutable'],
      ['config.json', 'application/json', 'no-cache'],
      ['favicon.svg', 'image/svg+xml', 'no-cache'],
      ['index.html', 'text/html', 'no-cache'],
    ]);
    expect(contentOf(site, 'assets/index-B3.js')).toBe(script);
  });

  test('hold what is known only when the stack is there, escaped as JSON demands', () => {
    expect(contentOf(siteOf(), 'config.json')).toBe('{"apiUrl":"https://api.example.com/dev"}');
    const quoted = siteOf(changed({ 'Pages.SourceMarkers.1': { '<<marker:0xbaba:0>>': 'a"b$&' } }));
    expect(JSON.parse(contentOf(quoted, 'config.json') ?? '')).toEqual({
      apiUrl: 'https://a"b$&.example.com/dev',
    });
  });

  test('of a later source or deployment replace former ones; one that prunes takes away what it does not have', () => {
    const files = { ...assets, 'next.zip': { 'index.html': 'next', 'assets/next.js': '' } };
    const next = (properties: object) =>
      siteOf({ ...resources, Next: deployment({ SourceObjectKeys: ['next.zip'], ...properties }) }, files);
    expect(keysOf(next({}))).toEqual(['assets/next.js', 'index.html']);
    expect(contentOf(next({}), 'index.html')).toBe('next');
    expect(keysOf(next({ Exclude: ['assets/*'] }))).toEqual([
      'assets/index-B3.js',
      'assets/index-C4.css',
      'index.html',
    ]);
    expect(keysOf(next({ Prune: false }))).toEqual([...keysOf(siteOf()), 'assets/next.js'].sort());
  });

  test('for a bucket that no distribution serves are refused', () => {
    expect(() => siteOf({ Bucket, Pages: deployment({ SourceObjectKeys: ['files.zip'] }) })).toThrow(
      'Custom::CDKBucketDeployment "Pages": no distribution serves what it puts into its bucket',
    );
  });
});
