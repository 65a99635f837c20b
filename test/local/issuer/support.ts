import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type Clock, createClock } from '../../../local/clock.ts';
import { type Inbox, startInbox } from '../../../local/inbox.ts';
import { readUserPool, type UserPool } from '../../../local/issuer/read-user-pool.ts';
import { type Issuer, startIssuer } from '../../../local/issuer/start-issuer.ts';
import type { LocalEnvironment } from '../../../local/model.ts';
import { openState, type State } from '../../../local/state.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import type { SignInStack } from '../../stack/sign-in.ts';

type Properties = Readonly<Record<string, unknown>>;

let addresses = 0;

/** An address of its own for each test. */
export function addressOf(name: string): string {
  addresses += 1;
  return `${name}+${addresses}@example.com`;
}

export const dashboard = 'http://localhost:3001';

/** A user pool as the product's stack declares it, with other properties where they are given. */
export function userPoolTemplate({
  pool = {},
  client = {},
}: {
  pool?: Properties;
  client?: Properties;
} = {}) {
  const UserPoolId = { Ref: 'Pool' };
  return {
    Resources: {
      Pool: {
        Type: 'AWS::Cognito::UserPool',
        Properties: {
          AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
          AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
          AutoVerifiedAttributes: ['email'],
          EmailConfiguration: {
            EmailSendingAccount: 'DEVELOPER',
            From: 'Example Engine <no-reply@example.com>',
            ReplyToEmailAddress: 'support@example.com',
          },
          EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
          MfaConfiguration: 'OPTIONAL',
          Policies: {
            PasswordPolicy: {
              MinimumLength: 12,
              RequireLowercase: true,
              RequireNumbers: true,
              RequireSymbols: true,
              RequireUppercase: true,
            },
          },
          Schema: [{ Name: 'email', Required: true, Mutable: true }],
          UsernameAttributes: ['email'],
          UsernameConfiguration: { CaseSensitive: false },
          VerificationMessageTemplate: {
            DefaultEmailOption: 'CONFIRM_WITH_CODE',
            EmailMessage: '<p>Your code is <strong>{####}</strong></p><p>Support: support@example.com</p>',
            EmailSubject: 'Your code for Example Engine',
          },
          ...pool,
        },
      },
      Client: {
        Type: 'AWS::Cognito::UserPoolClient',
        Properties: {
          AccessTokenValidity: 15,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          CallbackURLs: [`${dashboard}/signed-in`, `${dashboard}/`],
          GenerateSecret: false,
          IdTokenValidity: 15,
          LogoutURLs: [`${dashboard}/`],
          PreventUserExistenceErrors: 'ENABLED',
          ReadAttributes: ['email', 'email_verified'],
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
          RefreshTokenValidity: 1440,
          SupportedIdentityProviders: ['COGNITO'],
          TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
          UserPoolId,
          ...client,
        },
      },
      Domain: {
        Type: 'AWS::Cognito::UserPoolDomain',
        Properties: { Domain: 'keys-example', ManagedLoginVersion: 2, UserPoolId },
      },
      Branding: {
        Type: 'AWS::Cognito::ManagedLoginBranding',
        Properties: { ClientId: { Ref: 'Client' }, UseCognitoProvidedValues: true, UserPoolId },
      },
    },
  };
}

export const environment: Omit<LocalEnvironment, 'dataDir'> = {
  region: 'eu-west-1',
  accountId: '000000000000',
  stackName: 'pool',
};

export interface IssuerUnderTest extends SignInStack {
  readonly issuerUrl: string;
  readonly issuer: Issuer;
  readonly pool: UserPool;
  readonly clock: Clock;
  readonly dataDir: string;
  /** All that was logged. */
  readonly lines: readonly string[];
  /** Ends the issuer and begins it again on the same folder and port. */
  restart(): Promise<void>;
  /** No mail can be sent from now on. */
  breakInbox(): Promise<void>;
  close(): Promise<void>;
}

/** The issuer with an inbox and a clock, and no stack around it. */
export async function startTestIssuer(template = userPoolTemplate()): Promise<IssuerUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-issuer-'));
  const here = { ...environment, dataDir };
  const resolved = resolveTemplate(template, here);
  const pool = readUserPool(resolved.resources, here);
  if (pool === undefined) throw new Error('the template has no user pool');
  const state: State = openState(':memory:');
  const clock = createClock({ state });
  const inbox: Inbox = await startInbox({ port: 0 });
  const lines: string[] = [];
  const start = (port: number) =>
    startIssuer({
      environment: here,
      pool,
      clock,
      inbox,
      port,
      compileCache: join(tmpdir(), 'latchkey-issuer-cache'),
      log: (line) => lines.push(line),
    });
  let issuer = await start(0);
  const { url } = issuer;
  return {
    issuerUrl: url,
    inboxUrl: inbox.url,
    template: resolved,
    get issuer() {
      return issuer;
    },
    pool,
    clock,
    dataDir,
    lines,
    async restart() {
      await issuer.close();
      issuer = await start(Number(new URL(url).port));
      // The client in this process may still have connections of before, and finds out by the first that it uses.
      await vi.waitFor(() => fetch(`${url}/.well-known/openid-configuration`));
    },
    breakInbox: () => inbox.close(),
    async close() {
      await issuer.close();
      await inbox.close();
      state.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
