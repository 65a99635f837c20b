import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig, type StageName } from '../../lib/config.ts';
import { dashboardCertificateArn } from './support.ts';

/** The message of the refusal. @throws where the configuration is accepted */
function refusal(stage: StageName, fields: object): string {
  try {
    parseConfig(stage, { [stage]: fields });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const stageWith = (stage: StageName, fields: object) => parseConfig(stage, { [stage]: fields });

describe('the dashboard', () => {
  test.each<[StageName, string]>([
    ['prod', 'https://keys.example.com'],
    ['prod', 'https://keys.example.com:8443'],
    ['dev', 'https://keys.example.com'],
    ['dev', 'http://localhost:5173'],
    ['dev', 'http://127.0.0.1:3001'],
  ])('of %s may be at %s', (stage, url) => {
    expect(stageWith(stage, { dashboard: { url } }).dashboard).toEqual({ url });
  });

  test.each<[StageName, string, string]>([
    ['prod', 'http://localhost:3001', 'must be an https:// address\n'],
    ['prod', 'http://keys.example.com', 'must be an https:// address\n'],
    [
      'dev',
      'http://keys.example.com',
      'must be an https:// address, or http://localhost or http://127.0.0.1',
    ],
    ['dev', 'http://localhost.example.com', 'must be an https:// address, or'],
    ['dev', 'ftp://localhost', 'must be an https:// address, or'],
    ['prod', 'https://keys.example.com/', 'must be an origin'],
    ['prod', 'https://keys.example.com/app', 'must be an origin'],
    ['prod', 'https://keys.example.com?a', 'must be an origin'],
    ['prod', 'https://ada:secret@keys.example.com', 'must be an origin'],
    ['prod', 'https://Keys.example.com', 'must be an origin'],
    ['prod', 'keys.example.com', 'must be an origin'],
    ['prod', '', 'must be an origin'],
  ])('of %s is refused at %j', (stage, url, message) => {
    expect(refusal(stage, { dashboard: { url } })).toContain(message);
    expect(refusal(stage, { dashboard: { url } })).toContain('at dashboard.url');
  });

  test.each<StageName>(['dev', 'prod'])('of %s is hosted by the stack unless it says otherwise', (stage) => {
    expect(stageWith(stage, {}).dashboard).toEqual({});
  });

  const name = 'keys.example.com';
  const certificateArn = dashboardCertificateArn;

  test.each([
    { name, certificateArn },
    { name, certificateArn, hostedZone: { id: 'Z0123456789ABC', name: 'example.com' } },
  ])('may have a domain of its own: %j', (domain) => {
    expect(stageWith('prod', { dashboard: { domain } }).dashboard).toEqual({ domain });
  });

  test.each([
    [{ name }, 'at dashboard.domain.certificateArn'],
    [
      { name, certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') },
      'must be the ARN of an ACM certificate in us-east-1',
    ],
    [{ name: 'https://keys.example.com', certificateArn }, 'at dashboard.domain.name'],
    [{ name, certificateArn, surplus: 1 }, '"surplus"'],
  ])('cannot have the domain %j', (domain, message) => {
    expect(refusal('prod', { dashboard: { domain } })).toContain(message);
  });

  test('is either hosted at a domain or served elsewhere', () => {
    const dashboard = { url: 'https://keys.example.org', domain: { name, certificateArn } };
    expect(refusal('prod', { dashboard })).toContain('url and domain exclude each other');
  });
});

describe('who signs people in', () => {
  test('is the stack’s own user pool unless another issuer is named', () => {
    expect(stageWith('prod', {}).identity).toEqual({ mfa: 'optional', sender: 'ses' });
    const identity = { domainPrefix: 'keys-example', mfa: 'required', sender: 'cognito' };
    expect(stageWith('prod', { identity }).identity).toEqual(identity);
  });

  test.each<[StageName, string]>([
    ['prod', 'https://id.example.com'],
    // As it stands in `iss`: a slash at the end belongs to it.
    ['prod', 'https://tenant.example.com/'],
    ['dev', 'https://id.example.com/realms/keys'],
    ['dev', 'http://127.0.0.1:8080/realms/keys'],
    ['dev', 'http://localhost:8080'],
  ])('of %s may be %s', (stage, issuer) => {
    const identity = { issuer, clientId: 'dashboard' };
    expect(stageWith(stage, { identity }).identity).toEqual(identity);
  });

  test.each<[StageName, object, string, string]>([
    [
      'prod',
      { issuer: 'http://localhost:8080', clientId: 'x' },
      'must be an https:// address\n',
      'identity.issuer',
    ],
    [
      'dev',
      { issuer: 'http://id.example.com', clientId: 'x' },
      'must be an https:// address, or',
      'identity.issuer',
    ],
    [
      'prod',
      { issuer: 'https://id.example.com?a=1', clientId: 'x' },
      'without query and fragment',
      'identity.issuer',
    ],
    [
      'prod',
      { issuer: 'https://id.example.com#a', clientId: 'x' },
      'without query and fragment',
      'identity.issuer',
    ],
    ['prod', { issuer: 'id.example.com', clientId: 'x' }, 'must be the address', 'identity.issuer'],
    ['prod', { issuer: 'https://id.example.com' }, 'issuer and clientId go together', 'identity'],
    ['prod', { clientId: 'x' }, 'issuer and clientId go together', 'identity'],
    [
      'prod',
      { issuer: 'https://id.example.com', clientId: '' },
      'expected string to have',
      'identity.clientId',
    ],
    [
      'prod',
      { issuer: 'https://id.example.com', clientId: 'x', mfa: 'required' },
      'is of the user pool',
      'identity.mfa',
    ],
    ['prod', { domainPrefix: 'my-aws-keys' }, 'Cognito refuses such names', 'identity.domainPrefix'],
    ['prod', { domainPrefix: 'Keys' }, 'must be one label', 'identity.domainPrefix'],
    ['prod', { mfa: 'sms' }, 'expected one of', 'identity.mfa'],
    ['prod', { pool: 'x' }, 'pool', 'identity'],
  ])('of %s is refused as %j', (stage, identity, message, path) => {
    expect(refusal(stage, { identity })).toContain(message);
    expect(refusal(stage, { identity })).toContain(`at ${path}`);
  });
});
