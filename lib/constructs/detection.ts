import { Duration } from 'aws-cdk-lib';
import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  activityTableEnvironment,
  activityTtlAttribute,
  batchPrefix,
  byLookIndex,
  suspensionPolicyEnvironment,
} from '../../functions/alerts/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { Alarms } from './alarms.ts';
import type { Alerts } from './alerts.ts';
import { batchesLostAlarm } from './batches-lost-alarm.ts';
import type { Encryption } from './encryption.ts';
import type { Keys } from './keys.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import { refusedKeys, subscribe, watchedRequests } from './log-subscription.ts';
import { serviceAlarm } from './service-alarm.ts';
import type { Subscriptions } from './subscriptions.ts';
import { sweepMissingAlarm } from './sweep-missing-alarm.ts';
import type { Usage } from './usage.ts';

export interface DetectionProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

export interface DetectorProps {
  readonly alarms: Alarms;
  readonly alerts: Alerts;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly usage: Usage;
}

/** Where it is told how keys are used. */
export interface TrafficLogs {
  /** Of the API: see `accessLogFormat`. */
  readonly accessLog: ILogGroup;
  /** Of `authorize-request`. */
  readonly authorizerLog: ILogGroup;
}

/** Noticing what is unusual: table Activity, what fills it from the logs, and the hourly look at it. */
export class Detection extends Construct {
  readonly table: LatchkeyTable;
  readonly #config: Config;

  constructor(scope: Construct, id: string, { config, encryption }: DetectionProps) {
    super(scope, id);
    this.#config = config;
    this.table = new LatchkeyTable(this, 'Activity', {
      config,
      encryption,
      partitionKey: 'subject',
      timeToLiveAttribute: activityTtlAttribute,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byLookIndex,
      partitionKey: { name: 'dueShard', type: AttributeType.NUMBER },
      sortKey: { name: 'lookAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** `detect-anomalies`: looks, each hour, at what was used since. */
  addDetector({ alarms, alerts, keys, subscriptions, usage }: DetectorProps): void {
    const config = this.#config;
    const detect = new LatchkeyFunction(this, 'DetectAnomalies', {
      config,
      name: 'detect-anomalies',
      description:
        'Hourly: looks at what was used, opens and closes alerts, and suspends keys where the stage wants that',
      memorySize: 1024,
      timeout: Duration.minutes(15),
    });
    this.table.allowReadMany(detect);
    this.table.allowOnly(detect, 'dynamodb:UpdateItem');
    detect.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${byLookIndex}`]);
    this.addEnvironment(detect);
    alerts.grantReadMany(detect);
    alerts.table.allowOnly(detect, 'dynamodb:PutItem');
    subscriptions.grantReadMany(detect);
    usage.grantReadMany(detect);
    const { suspend } = config.alerts;
    detect.addEnvironments(suspensionPolicyEnvironment, { SUSPENSION_POLICY: JSON.stringify(suspend) });
    if (Object.keys(suspend).length === 0) {
      keys.grantRead(detect);
    } else {
      keys.grantWriteTimed(detect);
      alerts.grantRead(detect);
    }
    new Rule(this, 'Hourly', {
      description: 'Looks at what was used in the hour before',
      // By the clock: a look that is about a whole hour is told as that hour.
      schedule: Schedule.cron({ minute: '0' }),
      targets: [new LambdaFunction(detect as IFunction)],
    });
    alarms.add(
      serviceAlarm(this, 'LooksFail', {
        config,
        service: 'detect-anomalies',
        metricName: metricNames.detectionFailed,
        threshold: 1,
        description:
          'A key or subscription could not be looked at. docs/runbook.md#detection-fails-or-is-missing',
      }),
    );
    alarms.add(
      sweepMissingAlarm(
        this,
        'SweepMissing',
        detect,
        'Nothing was looked at for three hours. docs/runbook.md#detection-fails-or-is-missing',
      ),
    );
  }

  /** Fills the table from the logs. They cost nobody who calls the API any time, and count what never reached a function. */
  addAggregation({ accessLog, authorizerLog }: TrafficLogs, alarms: Alarms): void {
    const aggregate = new LatchkeyFunction(this, 'AggregateTraffic', {
      config: this.#config,
      name: 'aggregate-traffic',
      description: 'Adds what the logs tell of the use of keys to table Activity',
      timeout: Duration.seconds(60),
    });
    // Of subscriptions, detect-anomalies alone keeps items.
    this.table.allowOnly(aggregate, 'dynamodb:UpdateItem', ['key#*', 'api']);
    this.table.allowOnly(aggregate, 'dynamodb:PutItem', [`${batchPrefix}*`]);
    this.addEnvironment(aggregate);
    subscribe(this, 'Requests', { logGroup: accessLog, fn: aggregate, pattern: watchedRequests });
    subscribe(this, 'Refusals', { logGroup: authorizerLog, fn: aggregate, pattern: refusedKeys });
    alarms.add(
      batchesLostAlarm(
        this,
        'TrafficLost',
        aggregate,
        'What the logs tell of the use of keys gets lost. docs/runbook.md#traffic-gets-lost',
      ),
    );
  }

  /** Making the look at a key that ends due at once. */
  grantLastLook(fn: LatchkeyFunction): void {
    this.table.allowOnly(fn, 'dynamodb:UpdateItem', ['key#*']);
    this.addEnvironment(fn);
  }

  /** Tells a function where the table is. */
  addEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(activityTableEnvironment, { ACTIVITY_TABLE: this.table.tableName });
  }
}
