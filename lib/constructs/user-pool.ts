import { ArnFormat, Aws, Duration, Fn, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  CfnUserPool,
  ClientAttributes,
  UserPool as CognitoUserPool,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
  UserPoolEmail,
  VerificationEmailStyle,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { OwnUserPool } from '../sign-in-config.ts';
import { codeMail } from './code-mail.ts';
import type { Dashboard } from './dashboard.ts';
import type { Mail } from './mail.ts';
import { dataRemoval } from './stage-settings.ts';

export interface UserPoolProps {
  readonly config: Config;
  readonly settings: OwnUserPool;
  readonly mail: Mail;
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/**
 * Cognito user pool with managed login, whose only client is the dashboard: a public one, by authorization code with PKCE
 * and in no other way.
 */
export class UserPool extends Construct {
  readonly pool: CognitoUserPool;
  readonly client: UserPoolClient;
  readonly domain: UserPoolDomain;

  constructor(scope: Construct, id: string, { config, settings, mail, dashboard }: UserPoolProps) {
    super(scope, id);
    this.pool = new CognitoUserPool(this, 'Pool', {
      userPoolName: `latchkey-${config.stage}`,
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      // A new address counts once it is proven; until then the proven one does.
      keepOriginal: { email: true },
      standardAttributes: { email: { required: true, mutable: true } },
      // Cognito has no list of common passwords, so length alone would not do: docs/decisions/0019-sign-in.md
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: settings.mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      userVerification: { emailStyle: VerificationEmailStyle.CODE, ...codeMail(config.product) },
      email:
        settings.sender === 'ses'
          ? this.#sendThroughSes(config, mail)
          : UserPoolEmail.withCognito(config.product.supportAddress),
      removalPolicy: dataRemoval(config),
      deletionProtection: config.retainData,
    });
    // Cognito tries the sender when the pool is made, so the domain must be known to SES before.
    if (mail.identity !== undefined) this.pool.node.addDependency(mail.identity);
    this.#withoutTextMessages();
    this.client = this.#addClient(dashboard);
    this.domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: settings.domainPrefix ?? uniquePrefix(config) },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // Without a style of its own a client has no pages.
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
  }

  /**
   * Cognito sends by a service-linked role, which it makes itself: nothing here grants it more than this identity, through
   * the configuration set that demands TLS, for who reads a code can take the account.
   */
  #sendThroughSes({ mail: { from, domain }, product }: Config, mail: Mail): UserPoolEmail {
    return UserPoolEmail.withSES({
      fromEmail: from,
      fromName: displayName(product.name),
      replyTo: product.supportAddress,
      sesRegion: Stack.of(this).region,
      sesVerifiedDomain: domain,
      configurationSetName: mail.configurationSetName,
    });
  }

  /** The construct sets wording for text messages, which nobody can get here. */
  #withoutTextMessages(): void {
    const { defaultChild } = this.pool.node;
    if (!(defaultChild instanceof CfnUserPool)) throw new Error('the user pool has no CfnUserPool');
    defaultChild.addPropertyDeletionOverride('SmsVerificationMessage');
    defaultChild.addPropertyDeletionOverride('VerificationMessageTemplate.SmsMessage');
  }

  #addClient({ origin }: Pick<Dashboard, 'origin'>): UserPoolClient {
    return this.pool.addClient('Dashboard', {
      userPoolClientName: 'dashboard',
      generateSecret: false,
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [`${origin}/signed-in`, `${origin}/`],
        logoutUrls: [`${origin}/`],
      },
      // None beside the pages. An empty list would allow Cognito's default ones; this one needs triggers, which the pool has not.
      authFlows: { custom: true },
      preventUserExistenceErrors: true,
      idTokenValidity: Duration.minutes(15),
      accessTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.days(1),
      // A lost answer may be asked for again; after that, a refresh token that was used is worth nothing.
      refreshTokenRotationGracePeriod: Duration.seconds(10),
      enableTokenRevocation: true,
      readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true }),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
  }

  /** Of the issuer, and of the pages, which give the tokens. */
  get origins(): string[] {
    const { region, urlSuffix } = Stack.of(this);
    return [`https://cognito-idp.${region}.${urlSuffix}`, this.domain.baseUrl()];
  }

  /** `arn:aws:cognito-idp:<region>:<account>:userpool/<id>` */
  get arn(): string {
    return Stack.of(this).formatArn({
      service: 'cognito-idp',
      resource: 'userpool',
      resourceName: this.pool.userPoolId,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}

/** The name as a mail's header may have it: Cognito puts it there as it is. */
function displayName(name: string): string {
  return /^[\w .-]+$/.test(name) ? name : `=?UTF-8?B?${Buffer.from(name).toString('base64')}?=`;
}

/** Prefixes are unique among all of a Region's: the beginning of the stack's own UUID makes it so, and tells nothing. */
function uniquePrefix({ stage }: Pick<Config, 'stage'>): string {
  const uuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return Fn.join('-', ['latchkey', stage, Fn.select(0, Fn.split('-', uuid))]);
}
