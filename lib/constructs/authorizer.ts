import { Duration } from 'aws-cdk-lib';
import { IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import { apiKeyHeader } from '../../functions/runtime/http-headers.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { Alarms } from './alarms.ts';
import type { Keys } from './keys.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { serviceAlarm } from './service-alarm.ts';

export interface AuthorizerProps {
  readonly config: Config;
  readonly keys: Keys;
  readonly alarms: Alarms;
}

/** The REQUEST authorizer on `X-API-Key`. */
export class Authorizer extends Construct {
  readonly authorize: LatchkeyFunction;
  readonly authorizer: RequestAuthorizer;

  constructor(scope: Construct, id: string, { config, keys, alarms }: AuthorizerProps) {
    super(scope, id);
    this.authorize = new LatchkeyFunction(this, 'AuthorizeRequest', {
      config,
      name: 'authorize-request',
      description: 'Decides about the API key of each request',
      memorySize: 1024,
      timeout: Duration.seconds(5),
    });
    keys.grantRead(this.authorize);
    keys.grantPepper(this.authorize);
    this.authorize.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });
    this.authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.authorize,
      identitySources: [IdentitySource.header(apiKeyHeader)],
      // No cache stands between a revocation and its effect; flushing one takes close to a minute to show.
      resultsCacheTtl: Duration.seconds(0),
    });
    alarms.add(
      serviceAlarm(this, 'AuthorizerFailures', {
        config,
        service: 'authorize-request',
        metricName: metricNames.authorizerFailures,
        threshold: 5,
        description: 'Keys could not be checked; callers get 503. docs/runbook.md#authorizer-fails',
      }),
    );
  }
}
