import { z } from 'zod';
import { describeResource, ofType, readProperties } from '../aws/properties.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';

/** A user pool of the template with its pages and its one client: plain data, which a worker can be handed. */
export interface UserPool {
  readonly poolId: string;
  readonly arn: string;
  /** Whose pages they are, as mails name the sender. */
  readonly product: string;
  /** Where the cloud has it: the issuer of tokens, and the pages. */
  readonly addresses: readonly string[];
  readonly passwordPolicy: PasswordPolicy;
  readonly mail: CodeMail;
  readonly client: PoolClient;
}

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly lowercase: boolean;
  readonly uppercase: boolean;
  readonly numbers: boolean;
  readonly symbols: boolean;
}

export interface CodeMail {
  /** As it stands in the header. */
  readonly from: string;
  readonly replyTo: string | undefined;
  readonly subject: string;
  /** HTML with `{####}` for the code. */
  readonly message: string;
}

export interface PoolClient {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  /** What an ID token tells of the user beside `sub`. */
  readonly claims: readonly string[];
  readonly seconds: { readonly idToken: number; readonly accessToken: number; readonly refreshToken: number };
  /** For how long a refresh token that was used may be used again; undefined: it is never replaced. */
  readonly rotationGraceSeconds: number | undefined;
  readonly revocation: boolean;
}

const code = '{####}';
const literals = <const T extends string>(value: T) => z.tuple([z.literal(value)]);

const poolSchema = z.strictObject({
  AccountRecoverySetting: z
    .strictObject({
      RecoveryMechanisms: z.tuple([
        z.strictObject({ Name: z.literal('verified_email'), Priority: z.literal(1) }),
      ]),
    })
    .optional(),
  AdminCreateUserConfig: z.strictObject({ AllowAdminCreateUserOnly: z.literal(false) }),
  AutoVerifiedAttributes: literals('email'),
  EmailConfiguration: z
    .strictObject({ From: z.string().optional(), ReplyToEmailAddress: z.string().optional() })
    .default({}),
  MfaConfiguration: z.enum(['OFF', 'OPTIONAL']).default('OFF'),
  Policies: z
    .strictObject({
      PasswordPolicy: z.strictObject({
        MinimumLength: z.int().min(6).max(99).default(8),
        RequireLowercase: z.boolean().default(false),
        RequireNumbers: z.boolean().default(false),
        RequireSymbols: z.boolean().default(false),
        RequireUppercase: z.boolean().default(false),
      }),
    })
    .prefault({ PasswordPolicy: {} }),
  Schema: z.tuple([
    z.strictObject({ Name: z.literal('email'), Required: z.literal(true), Mutable: z.boolean().optional() }),
  ]),
  UserPoolName: z.string().optional(),
  UsernameAttributes: literals('email'),
  UsernameConfiguration: z.strictObject({ CaseSensitive: z.literal(false) }),
  VerificationMessageTemplate: z.strictObject({
    DefaultEmailOption: z.literal('CONFIRM_WITH_CODE'),
    EmailMessage: z.string().includes(code).default(`Your confirmation code is ${code}`),
    EmailSubject: z.string().max(140).default('Your verification code'),
  }),
});

const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);
const secondsOf = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
const validity = z.int().positive();

const clientSchema = z.strictObject({
  AccessTokenValidity: validity.default(60),
  AllowedOAuthFlows: literals('code'),
  AllowedOAuthFlowsUserPoolClient: z.literal(true),
  AllowedOAuthScopes: z.array(z.enum(['openid', 'email', 'profile'])).min(1),
  CallbackURLs: z.array(z.url()).min(1),
  ClientName: z.string().optional(),
  EnableTokenRevocation: z.boolean().default(true),
  GenerateSecret: z.literal(false).default(false),
  IdTokenValidity: validity.default(60),
  LogoutURLs: z.array(z.url()).default([]),
  PreventUserExistenceErrors: z.literal('ENABLED'),
  ReadAttributes: z.array(z.enum(['email', 'email_verified'])),
  RefreshTokenRotation: z
    .strictObject({
      Feature: z.enum(['ENABLED', 'DISABLED']),
      RetryGracePeriodSeconds: z.int().min(0).max(60).default(0),
    })
    .default({ Feature: 'DISABLED', RetryGracePeriodSeconds: 0 }),
  RefreshTokenValidity: validity.default(43_200),
  SupportedIdentityProviders: literals('COGNITO'),
  TokenValidityUnits: z
    .strictObject({
      AccessToken: unit.default('minutes'),
      IdToken: unit.default('minutes'),
      RefreshToken: unit.default('minutes'),
    })
    .prefault({}),
  UserPoolId: z.string(),
});

const domainSchema = z.strictObject({
  Domain: z.string(),
  ManagedLoginVersion: z.literal(2),
  UserPoolId: z.string(),
});

const brandingSchema = z.strictObject({
  ClientId: z.string(),
  UseCognitoProvidedValues: z.literal(true),
  UserPoolId: z.string(),
});

/**
 * Reads the `AWS::Cognito::*` resources.
 * @returns undefined for a template without a user pool
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readUserPool(
  resources: readonly ResolvedResource[],
  environment: LocalEnvironment,
): UserPool | undefined {
  const pool = only(resources, 'AWS::Cognito::UserPool');
  const client = only(resources, 'AWS::Cognito::UserPoolClient');
  const domain = only(resources, 'AWS::Cognito::UserPoolDomain');
  const branding = only(resources, 'AWS::Cognito::ManagedLoginBranding');
  if (pool === undefined) return undefined;
  const where = describeResource(pool);
  if (client === undefined || domain === undefined || branding === undefined) {
    throw new Error(
      `${where}: nobody can sign in: a client, a domain and a branding belong to it, or its pages do not exist`,
    );
  }
  const properties = readProperties(pool, poolSchema);
  const { Domain } = readProperties(domain, domainSchema);
  readProperties(branding, brandingSchema);
  const { PasswordPolicy: policy } = properties.Policies;
  const { EmailMessage: message, EmailSubject: subject } = properties.VerificationMessageTemplate;
  const { From = 'no-reply@verificationemail.com', ReplyToEmailAddress: replyTo } =
    properties.EmailConfiguration;
  return {
    poolId: pool.ref,
    arn: pool.attributes['Arn'] ?? '',
    addresses: [
      pool.attributes['ProviderURL'] ?? '',
      `https://${Domain}.auth.${environment.region}.amazoncognito.com`,
    ],
    passwordPolicy: {
      minimumLength: policy.MinimumLength,
      lowercase: policy.RequireLowercase,
      uppercase: policy.RequireUppercase,
      numbers: policy.RequireNumbers,
      symbols: policy.RequireSymbols,
    },
    product: displayName(From),
    mail: { from: From, replyTo, subject, message },
    client: readClient(client),
  };
}

/** Of `Name <address>`, in which the name may be an encoded word (RFC 2047); the address where there is none. */
function displayName(from: string): string {
  const [, name = '', address = from] = /^\s*(.*?)\s*<([^>]*)>\s*$/.exec(from) ?? [];
  const encoded = /^=\?UTF-8\?B\?([\w+/=]+)\?=$/i.exec(name)?.[1];
  if (encoded !== undefined) return Buffer.from(encoded, 'base64').toString('utf8');
  return name === '' ? address : name;
}

function readClient(resource: ResolvedResource): PoolClient {
  const properties = readProperties(resource, clientSchema);
  const { TokenValidityUnits: units, RefreshTokenRotation: rotation } = properties;
  return {
    clientId: resource.ref,
    scopes: properties.AllowedOAuthScopes,
    callbackUrls: properties.CallbackURLs,
    logoutUrls: properties.LogoutURLs,
    claims: properties.ReadAttributes,
    seconds: {
      idToken: properties.IdTokenValidity * secondsOf[units.IdToken],
      accessToken: properties.AccessTokenValidity * secondsOf[units.AccessToken],
      refreshToken: properties.RefreshTokenValidity * secondsOf[units.RefreshToken],
    },
    rotationGraceSeconds: rotation.Feature === 'ENABLED' ? rotation.RetryGracePeriodSeconds : undefined,
    revocation: properties.EnableTokenRevocation,
  };
}

function only(resources: readonly ResolvedResource[], type: string): ResolvedResource | undefined {
  const [first, second] = ofType(resources, type);
  if (second === undefined) return first;
  throw new Error(`${describeResource(second)}: the local runner supports one resource of this type`);
}
