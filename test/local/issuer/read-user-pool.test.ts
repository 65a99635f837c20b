import { describe, expect, test } from 'vitest';
import { readUserPool } from '../../../local/issuer/read-user-pool.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { environment, userPoolTemplate } from './support.ts';

type Changes = Parameters<typeof userPoolTemplate>[0];
type Template = { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };

function read(template: Template) {
  const here = { ...environment, dataDir: '/nowhere' };
  return readUserPool(resolveTemplate(template, here).resources, here);
}

const readWith = (changes: Changes) => read(userPoolTemplate(changes));

describe('a user pool of the template', () => {
  test('is read as it is declared', () => {
    const pool = readWith({});
    expect(pool).toMatchObject({
      poolId: expect.stringMatching(/^eu-west-1_[A-Za-z0-9]{9}$/),
      product: 'Example Engine',
      passwordPolicy: { minimumLength: 12, lowercase: true, uppercase: true, numbers: true, symbols: true },
      mail: { from: 'Example Engine <no-reply@example.com>', replyTo: 'support@example.com' },
      client: {
        clientId: expect.stringMatching(/^[a-z0-9]{26}$/),
        scopes: ['openid', 'email', 'profile'],
        seconds: { idToken: 900, accessToken: 900, refreshToken: 86_400 },
        rotationGraceSeconds: 10,
        revocation: true,
      },
    });
    expect(pool?.addresses).toEqual([
      `https://cognito-idp.eu-west-1.amazonaws.com/${pool?.poolId}`,
      'https://keys-example.auth.eu-west-1.amazoncognito.com',
    ]);
    expect(pool?.arn).toBe(`arn:aws:cognito-idp:eu-west-1:000000000000:userpool/${pool?.poolId}`);
  });

  test('has Cognito’s values where the template says nothing', () => {
    const pool = readWith({
      pool: { Policies: undefined, EmailConfiguration: undefined },
      client: {
        AccessTokenValidity: undefined,
        IdTokenValidity: undefined,
        RefreshTokenValidity: undefined,
        TokenValidityUnits: undefined,
        RefreshTokenRotation: undefined,
      },
    });
    expect(pool?.passwordPolicy).toEqual({
      minimumLength: 8,
      lowercase: false,
      uppercase: false,
      numbers: false,
      symbols: false,
    });
    expect(pool?.mail.from).toBe('no-reply@verificationemail.com');
    expect(pool?.client.seconds).toEqual({ idToken: 3600, accessToken: 3600, refreshToken: 30 * 86_400 });
    expect(pool?.client.rotationGraceSeconds).toBeUndefined();
  });

  test('is named as its mails are, whatever characters that takes', () => {
    const From = `=?UTF-8?B?${Buffer.from('Müller & Söhne').toString('base64')}?= <no-reply@example.com>`;
    expect(readWith({ pool: { EmailConfiguration: { From } } })?.product).toBe('Müller & Söhne');
    const bare = readWith({ pool: { EmailConfiguration: { From: 'no-reply@example.com' } } });
    expect(bare?.product).toBe('no-reply@example.com');
  });

  test('need not be there', () => {
    expect(read({ Resources: {} })).toBeUndefined();
  });

  test.each<[string, Changes]>([
    ['AWS::Cognito::UserPool "Pool": LambdaConfig is not supported', { pool: { LambdaConfig: {} } }],
    ['AWS::Cognito::UserPool "Pool": MfaConfiguration', { pool: { MfaConfiguration: 'ON' } }],
    ['AWS::Cognito::UserPool "Pool": UserPoolAddOns is not supported', { pool: { UserPoolAddOns: {} } }],
    ['UsernameConfiguration.CaseSensitive', { pool: { UsernameConfiguration: { CaseSensitive: true } } }],
    [
      'AdminCreateUserConfig.AllowAdminCreateUserOnly',
      { pool: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } } },
    ],
    [
      'Policies.PasswordPolicy.PasswordHistorySize is not supported',
      { pool: { Policies: { PasswordPolicy: { PasswordHistorySize: 3 } } } },
    ],
    ['AWS::Cognito::UserPoolClient "Client": GenerateSecret', { client: { GenerateSecret: true } }],
    ['AllowedOAuthFlows.0', { client: { AllowedOAuthFlows: ['implicit'] } }],
    ['AllowedOAuthFlows', { client: { AllowedOAuthFlows: ['code', 'implicit'] } }],
    ['AllowedOAuthScopes.0', { client: { AllowedOAuthScopes: ['aws.cognito.signin.user.admin'] } }],
    ['SupportedIdentityProviders.0', { client: { SupportedIdentityProviders: ['Google'] } }],
    ['PreventUserExistenceErrors', { client: { PreventUserExistenceErrors: 'LEGACY' } }],
  ])('is refused with the name of what is not supported: %s', (message, changes) => {
    expect(() => readWith(changes)).toThrow(message);
  });

  test.each(['Client', 'Domain', 'Branding'])('has no pages without its %s, and says so', (name) => {
    const { Resources } = userPoolTemplate() as Template;
    const kept = Object.entries(Resources).filter(
      ([id]) => id !== name && !(name === 'Client' && id === 'Branding'),
    );
    expect(() => read({ Resources: Object.fromEntries(kept) })).toThrow(
      'AWS::Cognito::UserPool "Pool": nobody can sign in',
    );
  });

  test('is the only one, with one client', () => {
    const { Resources } = userPoolTemplate() as Template;
    const { Client } = Resources;
    if (Client === undefined) throw new Error('the template has no client');
    expect(() => read({ Resources: { ...Resources, Second: Client } })).toThrow(
      'AWS::Cognito::UserPoolClient "Second": the local runner supports one resource of this type',
    );
  });
});
