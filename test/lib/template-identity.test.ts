import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../lib/config.ts';
import { Alarms } from '../../lib/constructs/alarms.ts';
import { codeMail } from '../../lib/constructs/code-mail.ts';
import { Identity } from '../../lib/constructs/identity.ts';
import { LatchkeyFunction } from '../../lib/constructs/latchkey-function.ts';
import { Mail } from '../../lib/constructs/mail.ts';
import { at, removeAssemblies, synthesize, template } from './support.ts';

afterAll(removeAssemblies);

describe.each(['dev', 'prod'] as const)('the user pool of %s', (stage) => {
  const synthesized = template(stage);
  const { one } = synthesized;
  const pool = one('AWS::Cognito::UserPool');

  test('lets anybody sign up by an address that is proven by a code', () => {
    expect(pool.properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      Schema: [{ Name: 'email', Required: true, Mutable: true }],
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      UserPoolTier: 'ESSENTIALS',
    });
  });

  test('takes strong passwords, and one-time passwords of an app beside them; nothing goes by text message', () => {
    expect(at(pool.properties, 'Policies', 'PasswordPolicy')).toEqual({
      MinimumLength: 12,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
    });
    expect(pool.properties).toMatchObject({
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
    expect(JSON.stringify(pool.properties)).not.toMatch(/"Sms|SMS/);
  });

  test('mails through the product’s identity and the configuration set that demands TLS', () => {
    expect(pool.properties['EmailConfiguration']).toEqual({
      EmailSendingAccount: 'DEVELOPER',
      From: 'AI Decision Engine <no-reply@aiweedcompany.com>',
      ReplyToEmailAddress: 'support@aiweedcompany.com',
      SourceArn: 'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/aiweedcompany.com',
      ConfigurationSet: 'MailConfigurationSet',
    });
    // Cognito tries the sender when the pool is made.
    expect(pool.dependsOn).toContain('MailIdentity');
  });

  test('goes with the stack only where its data may', () => {
    const keeps = stage === 'prod';
    expect(pool.deletionPolicy).toBe(keeps ? 'Retain' : 'Delete');
    expect(pool.properties['DeletionProtection']).toBe(keeps ? 'ACTIVE' : 'INACTIVE');
  });

  test('has one client: public, by authorization code alone, which leads to the dashboard and nowhere else', () => {
    const origin = 'https://DashboardDistribution.DomainName';
    expect(one('AWS::Cognito::UserPoolClient').properties).toEqual({
      ClientName: 'dashboard',
      UserPoolId: pool.name,
      GenerateSecret: false,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: [`${origin}/signed-in`, `${origin}/`],
      LogoutURLs: [`${origin}/`],
      // Neither a password in the clear nor a refresh token that stays the same.
      ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'],
      SupportedIdentityProviders: ['COGNITO'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      IdTokenValidity: 15,
      AccessTokenValidity: 15,
      RefreshTokenValidity: 24 * 60,
      TokenValidityUnits: { IdToken: 'minutes', AccessToken: 'minutes', RefreshToken: 'minutes' },
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
      ReadAttributes: ['email', 'email_verified'],
      WriteAttributes: ['email'],
    });
  });

  test('has pages, with a style for the client, without which they would not show', () => {
    const client = one('AWS::Cognito::UserPoolClient').name;
    expect(one('AWS::Cognito::UserPoolDomain').properties).toMatchObject({
      UserPoolId: pool.name,
      ManagedLoginVersion: 2,
    });
    expect(one('AWS::Cognito::ManagedLoginBranding').properties).toEqual({
      UserPoolId: pool.name,
      ClientId: client,
      UseCognitoProvidedValues: true,
    });
  });

  test('is told by the outputs', () => {
    expect(synthesized.outputs).toMatchObject({
      IdentityIssuer: `${pool.name}.ProviderURL`,
      IdentityClientId: one('AWS::Cognito::UserPoolClient').name,
      IdentitySignInUrl: expect.stringMatching(/^https:\/\/.*\.auth\.<AWS::Region>\.amazoncognito\.com$/),
    });
  });
});

describe('the configuration', () => {
  const poolWith = (fields: object) => synthesize('prod', fields).one('AWS::Cognito::UserPool').properties;

  test('may demand the second factor, name the domain of the pages, and let Cognito send for a first deployment', () => {
    const identity = { mfa: 'required', domainPrefix: 'keys-example', sender: 'cognito' };
    const synthesized = synthesize('prod', { identity });
    const { properties } = synthesized.one('AWS::Cognito::UserPool');
    expect(properties).toMatchObject({ MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] });
    expect(properties['EmailConfiguration']).toEqual({
      EmailSendingAccount: 'COGNITO_DEFAULT',
      ReplyToEmailAddress: 'support@aiweedcompany.com',
    });
    expect(synthesized.one('AWS::Cognito::UserPoolDomain').properties['Domain']).toBe('keys-example');
  });

  test('may have the domain’s identity made elsewhere', () => {
    const { properties, dependsOn } = synthesize('prod', { mail: { identity: 'existing' } }).one(
      'AWS::Cognito::UserPool',
    );
    expect(at(properties, 'EmailConfiguration', 'EmailSendingAccount')).toBe('DEVELOPER');
    expect(dependsOn).toEqual([]);
  });

  test('names the sender by a product whose name a header cannot hold as it is', () => {
    const From = at(poolWith({ product: { name: 'Müller, Söhne' } }), 'EmailConfiguration', 'From');
    const encoded = Buffer.from('Müller, Söhne').toString('base64');
    expect(From).toBe(`=?UTF-8?B?${encoded}?= <no-reply@aiweedcompany.com>`);
  });

  test('may name another issuer: then the stack has nothing of Cognito, and tells that issuer', () => {
    const identity = { issuer: 'https://id.example.com/', clientId: 'dashboard' };
    const synthesized = synthesize('prod', { identity });
    expect(synthesized.text).not.toMatch(/cognito/i);
    expect(synthesized.outputs).toMatchObject({
      IdentityIssuer: 'https://id.example.com/',
      IdentityClientId: 'dashboard',
    });
    expect(synthesized.outputs).not.toHaveProperty('IdentitySignInUrl');
  });
});

describe('the right to delete users', () => {
  /** A stack of a function that was given the right. */
  function stackWith(identity: object) {
    const config = parseConfig('dev', { dev: { identity } });
    const stack = new Stack(new App({ analyticsReporting: false }), 'latchkey-dev');
    const alarms = new Alarms(stack, 'Alarms', { config });
    const mail = new Mail(stack, 'Mail', { config, alarms });
    const fn = new LatchkeyFunction(stack, 'Fn', { config, name: 'get-key', description: 'any function' });
    const dashboard = { origin: 'https://dashboard.example.com' };
    new Identity(stack, 'Identity', { config, mail, dashboard }).grantDeleteUser(fn);
    return Template.fromStack(stack);
  }

  test('is for this pool alone, and comes with its id', () => {
    const template = stackWith({});
    const [poolId = ''] = Object.keys(template.findResources('AWS::Cognito::UserPool'));
    const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
    const role =
      template.findResources('AWS::IAM::Role')[String(at(fn, 'Properties', 'Role', 'Fn::GetAtt', 0))];
    const policy = at(role, 'Properties', 'Policies', 0);
    const statements = at(policy, 'PolicyDocument', 'Statement') as { Action: unknown }[];
    expect(at(fn, 'Properties', 'Environment', 'Variables', 'USER_POOL_ID')).toEqual({ Ref: poolId });
    expect(statements.filter(({ Action }) => String(Action).startsWith('cognito'))).toEqual([
      {
        Action: 'cognito-idp:AdminDeleteUser',
        Effect: 'Allow',
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':cognito-idp:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':userpool/',
              { Ref: poolId },
            ],
          ],
        },
      },
    ]);
  });

  test('is nobody’s where the users are somebody else’s', () => {
    const template = stackWith({ issuer: 'https://id.example.com', clientId: 'dashboard' });
    const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(at(fn, 'Properties', 'Environment', 'Variables', 'USER_POOL_ID')).toBe('none');
    expect(JSON.stringify(template.toJSON())).not.toMatch(/cognito/i);
  });
});

describe('the mail with a code', () => {
  const { product } = parseConfig('prod');

  test('says what it is for, and where to turn when stuck', () => {
    const { emailSubject, emailBody } = codeMail(product);
    expect(emailSubject).toBe('Your code for AI Decision Engine');
    expect(emailBody.split('{####}')).toHaveLength(2);
    for (const told of [
      product.supportAddress,
      product.documentationUrl,
      product.statusUrl,
      product.company,
    ]) {
      expect(emailBody).toContain(told);
    }
  });

  test('has no markup but its own, whatever the product is called', () => {
    const { emailBody } = codeMail({ ...product, name: '<b>Keys</b> & "Co"', company: '<i>' });
    expect(emailBody).toContain('&lt;b&gt;Keys&lt;/b&gt; &amp; &quot;Co&quot;');
    expect(emailBody).not.toMatch(/<b>|<i>/);
  });
});
