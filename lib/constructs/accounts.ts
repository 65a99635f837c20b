import { Duration } from 'aws-cdk-lib';
import { IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { signInEnvironment } from '../../functions/accounts/contract.ts';
import { tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import { type AccountRoute, accountFunctionsIn } from './account-functions.ts';
import type { Alarms } from './alarms.ts';
import type { Alerts } from './alerts.ts';
import type { Audit } from './audit.ts';
import type { Dashboard } from './dashboard.ts';
import type { Detection } from './detection.ts';
import type { Identity } from './identity.ts';
import type { Keys } from './keys.ts';
import { LatchkeyFunction, type MakeFunction } from './latchkey-function.ts';
import type { Payments } from './payments.ts';
import { serviceAlarm } from './service-alarm.ts';
import type { Subscriptions } from './subscriptions.ts';
import { sweepMissingAlarm } from './sweep-missing-alarm.ts';
import type { Usage } from './usage.ts';

export interface AccountsProps {
  readonly config: Config;
  readonly alarms: Alarms;
  readonly identity: Identity;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly usage: Usage;
  readonly audit: Audit;
  readonly alerts: Alerts;
  readonly detection: Pick<Detection, 'grantLastLook'>;
  readonly payments: Payments;
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/** What a signed-in subscriber can do: the authorizer of ID tokens, and one function for each act. */
export class Accounts extends Construct {
  readonly authorizer: RequestAuthorizer;
  readonly routes: readonly AccountRoute[];
  readonly #make: MakeFunction;
  readonly #props: AccountsProps;

  constructor(scope: Construct, id: string, props: AccountsProps) {
    super(scope, id);
    this.#props = props;
    this.#make = accountFunctionsIn(this, props.config, props.dashboard);
    this.authorizer = this.#addAuthorizer();
    this.routes = [
      { method: 'GET', path: 'account', fn: this.#get() },
      { method: 'DELETE', path: 'account', fn: this.#delete() },
      { method: 'GET', path: 'account/keys', fn: this.#listKeys() },
      { method: 'POST', path: 'account/keys', fn: this.#createKey() },
      { method: 'GET', path: 'account/keys/{keyId}', fn: this.#getKey() },
      { method: 'DELETE', path: 'account/keys/{keyId}', fn: this.#revokeKey() },
      { method: 'POST', path: 'account/keys/{keyId}/rotate', fn: this.#rotateKey() },
      { method: 'PUT', path: 'account/keys/{keyId}/suspension', fn: this.#suspendKey() },
      { method: 'POST', path: 'account/keys/{keyId}/claim', fn: this.#claimKey() },
      { method: 'POST', path: 'account/keys/{keyId}/stored', fn: this.#storeSecret() },
      { method: 'GET', path: 'account/usage', fn: this.#reportUsage() },
      { method: 'GET', path: 'account/audit', fn: this.#listAudit() },
      { method: 'PUT', path: 'account/settings', fn: this.#changeSettings() },
      { method: 'GET', path: 'account/export', fn: this.#export() },
    ];
    this.#addErasure();
  }

  #addAuthorizer(): RequestAuthorizer {
    const { config, alarms, identity, subscriptions } = this.#props;
    const authorize = new LatchkeyFunction(this, 'AuthorizeAccount', {
      config,
      name: 'authorize-account',
      description: 'Decides whose account a sign-in opens; the first one begins it',
      memorySize: 1024,
      timeout: Duration.seconds(5),
    });
    subscriptions.grantOpenAccounts(authorize);
    authorize.addEnvironments(signInEnvironment, {
      SIGN_IN_ISSUER: identity.issuer,
      SIGN_IN_CLIENT_ID: identity.clientId,
    });
    alarms.add(
      serviceAlarm(this, 'SignInFailures', {
        config,
        service: 'authorize-account',
        metricName: metricNames.signInFailures,
        threshold: 5,
        description:
          'Sign-ins could not be checked; subscribers get 503. docs/runbook.md#sign-ins-cannot-be-checked',
      }),
    );
    return new RequestAuthorizer(this, 'Authorizer', {
      handler: authorize,
      identitySources: [IdentitySource.header('Authorization')],
      // A deleted account ends at once, and a token with its own second.
      resultsCacheTtl: Duration.seconds(0),
    });
  }

  #get(): LatchkeyFunction {
    const { subscriptions, usage } = this.#props;
    const get = this.#make('GetAccount', 'get-account', 'GET /account: the account and what can be chosen');
    subscriptions.grantRead(get);
    usage.grantRead(get);
    return get;
  }

  #delete(): LatchkeyFunction {
    const fn = this.#make(
      'DeleteAccount',
      'delete-account',
      'DELETE /account: ends it, and forgets its owner',
      {
        timeout: Duration.seconds(29),
      },
    );
    this.#grantErasure(fn);
    this.#props.subscriptions.grantDeleteLocks(fn);
    this.#props.detection.grantLastLook(fn);
    return fn;
  }

  #listKeys(): LatchkeyFunction {
    const { keys, usage } = this.#props;
    const list = this.#make('ListAccountKeys', 'list-account-keys', 'GET /account/keys: the account’s keys');
    keys.grantRead(list);
    keys.grantList(list);
    usage.grantLookUp(list);
    return list;
  }

  #getKey(): LatchkeyFunction {
    const { keys, usage } = this.#props;
    const get = this.#make('GetAccountKey', 'get-account-key', 'GET /account/keys/{keyId}: one of its keys');
    keys.grantRead(get);
    usage.grantLookUp(get);
    return get;
  }

  #createKey(): LatchkeyFunction {
    const { config, keys, subscriptions } = this.#props;
    const create = this.#make('CreateAccountKey', 'create-account-key', 'POST /account/keys: makes a key', {
      timeout: Duration.seconds(29),
    });
    keys.grantMint(create);
    subscriptions.grantPlan(create);
    subscriptions.grantUsageKeys(create);
    create.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });
    return create;
  }

  #rotateKey(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const rotate = this.#make(
      'RotateAccountKey',
      'rotate-account-key',
      'POST /account/keys/{keyId}/rotate: gives a key a new secret',
    );
    keys.grantMint(rotate);
    subscriptions.grantRead(rotate);
    subscriptions.grantIdempotency(rotate);
    return rotate;
  }

  #revokeKey(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const revoke = this.#make(
      'RevokeAccountKey',
      'revoke-account-key',
      'DELETE /account/keys/{keyId}: ends a key for good',
    );
    keys.grantWrite(revoke);
    subscriptions.grantWrite(revoke);
    this.#props.detection.grantLastLook(revoke);
    return revoke;
  }

  #suspendKey(): LatchkeyFunction {
    const suspend = this.#make(
      'SuspendAccountKey',
      'suspend-account-key',
      'PUT /account/keys/{keyId}/suspension: stops a key, or lets it go on',
    );
    this.#props.keys.grantWriteTimed(suspend);
    this.#props.subscriptions.grantCountActs(suspend);
    return suspend;
  }

  #claimKey(): LatchkeyFunction {
    const { keys } = this.#props;
    const claim = this.#make(
      'ClaimAccountKey',
      'claim-account-key',
      'POST /account/keys/{keyId}/claim: shows a secret that waits, once',
    );
    keys.grantWriteTimed(claim);
    keys.grantOpen(claim);
    return claim;
  }

  #storeSecret(): LatchkeyFunction {
    const store = this.#make(
      'StoreAccountSecret',
      'store-account-secret',
      'POST /account/keys/{keyId}/stored: destroys what waits for an owner who has it',
    );
    this.#props.keys.grantWriteTimed(store);
    return store;
  }

  #reportUsage(): LatchkeyFunction {
    const { subscriptions, usage } = this.#props;
    const report = this.#make(
      'ReportAccountUsage',
      'report-account-usage',
      'GET /account/usage: a month’s counts',
    );
    subscriptions.grantRead(report);
    usage.grantRead(report);
    return report;
  }

  #listAudit(): LatchkeyFunction {
    const { keys, audit } = this.#props;
    const list = this.#make(
      'ListAccountAudit',
      'list-account-audit',
      'GET /account/audit: what is on record',
    );
    keys.grantRead(list);
    keys.grantList(list);
    audit.grantSubjects(list);
    return list;
  }

  #changeSettings(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const change = this.#make(
      'ChangeAccountSettings',
      'change-account-settings',
      'PUT /account/settings: name, OpenPGP key, preferences',
    );
    keys.grantWriteTimed(change);
    subscriptions.grantWrite(change);
    return change;
  }

  #export(): LatchkeyFunction {
    const { keys, subscriptions, usage, audit, alerts } = this.#props;
    const fn = this.#make('ExportAccount', 'export-account', 'GET /account/export: all that is kept', {
      timeout: Duration.seconds(29),
    });
    subscriptions.grantRead(fn);
    keys.grantRead(fn);
    keys.grantList(fn);
    usage.grantRead(fn);
    audit.grantSubjects(fn);
    alerts.grantReadMany(fn);
    alerts.grantList(fn);
    return fn;
  }

  /** What deleting could not remove at once is removed later. */
  #addErasure(): void {
    const { config, alarms, subscriptions } = this.#props;
    const erase = new LatchkeyFunction(this, 'EraseAccounts', {
      config,
      name: 'erase-accounts',
      description: 'Hourly: removes what is left elsewhere of deleted accounts',
      timeout: Duration.minutes(15),
    });
    this.#grantErasure(erase);
    subscriptions.grantDue(erase);
    new Rule(this, 'Hourly', {
      description: 'Finishes the deletion of accounts',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(erase as IFunction)],
    });
    alarms.add(
      serviceAlarm(this, 'ErasuresFail', {
        config,
        service: 'erase-accounts',
        metricName: metricNames.erasuresFailed,
        threshold: 1,
        description: 'A deleted account is still known elsewhere. docs/runbook.md#erasures-fail',
      }),
    );
    alarms.add(
      sweepMissingAlarm(
        this,
        'SweepMissing',
        erase,
        'No sweep of deleted accounts came to its end for three hours. docs/runbook.md#erasures-fail',
      ),
    );
  }

  #grantErasure(fn: LatchkeyFunction): void {
    const { identity, keys, subscriptions, payments } = this.#props;
    keys.grantWrite(fn);
    keys.grantList(fn);
    subscriptions.grantForget(fn);
    payments.grantErasure(fn);
    identity.grantDeleteUser(fn);
  }
}
