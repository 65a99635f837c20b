import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { userPoolEnvironment } from '../../functions/accounts/contract.ts';
import type { Config } from '../config.ts';
import type { Dashboard } from './dashboard.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import type { Mail } from './mail.ts';
import { UserPool } from './user-pool.ts';

export interface IdentityProps {
  readonly config: Config;
  readonly mail: Mail;
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/** Who signs people in: the stack's own user pool, or the issuer that the configuration names. */
export class Identity extends Construct {
  /** As it stands in `iss` of a token. */
  readonly issuer: string;
  /** As it stands in `aud` of an ID token. */
  readonly clientId: string;
  /** What a page calls to sign people in: discovery and keys, and where tokens come from. */
  readonly origins: readonly string[];
  readonly #userPool: UserPool | undefined;

  constructor(scope: Construct, id: string, { config, mail, dashboard }: IdentityProps) {
    super(scope, id);
    const { identity } = config;
    if ('issuer' in identity) {
      this.issuer = identity.issuer;
      this.clientId = identity.clientId;
      this.origins = [new URL(identity.issuer).origin];
    } else {
      const userPool = new UserPool(this, 'Users', { config, settings: identity, mail, dashboard });
      this.issuer = userPool.pool.userPoolProviderUrl;
      this.clientId = userPool.client.userPoolClientId;
      this.origins = userPool.origins;
      this.#userPool = userPool;
    }
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(Stack.of(this), name, { value, description });
    output('IdentityIssuer', this.issuer, 'OpenID Connect issuer of the tokens that open accounts');
    output('IdentityClientId', this.clientId, 'Client that those tokens are made for');
    if (this.#userPool !== undefined) {
      output('IdentitySignInUrl', this.#userPool.domain.baseUrl(), 'Where people sign up and in');
    }
  }

  /** Deleting a user, when an account goes: where the users are the stack's own, and not another issuer's. */
  grantDeleteUser(fn: LatchkeyFunction): void {
    if (this.#userPool === undefined) {
      fn.addEnvironments(userPoolEnvironment, { USER_POOL_ID: 'none' });
      return;
    }
    fn.allow(['cognito-idp:AdminDeleteUser'], [this.#userPool.arn]);
    fn.addEnvironments(userPoolEnvironment, { USER_POOL_ID: this.#userPool.pool.userPoolId });
  }
}
