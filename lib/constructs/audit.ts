import { Duration } from 'aws-cdk-lib';
import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { auditTableEnvironment, byDayIndex, sealEnvironment } from '../../functions/audit/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { Alarms } from './alarms.ts';
import type { Alerts } from './alerts.ts';
import type { Encryption } from './encryption.ts';
import type { Keys } from './keys.ts';
import { lagAlarm } from './lag-alarm.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import { serviceAlarm } from './service-alarm.ts';
import { dataRemoval } from './stage-settings.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface AuditProps {
  readonly config: Config;
  readonly encryption: Encryption;
  readonly alarms: Alarms;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly alerts: Alerts;
}

/** The record of every change (R27): the Audit table, the key that seals it, and the function that writes it. */
export class Audit extends Construct {
  readonly table: LatchkeyTable;
  readonly sealKey: Key;
  /** Functions that only tell: `query-audit`, `verify-audit`. */
  readonly reads: readonly LatchkeyFunction[];

  constructor(scope: Construct, id: string, props: AuditProps) {
    super(scope, id);
    const { config, encryption, alarms, keys, subscriptions, alerts } = props;
    this.table = new LatchkeyTable(this, 'Audit', {
      config,
      encryption,
      partitionKey: 'subject',
      sortKey: 'sequence',
      sortKeyType: AttributeType.NUMBER,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byDayIndex,
      partitionKey: { name: 'day', type: AttributeType.STRING },
      sortKey: { name: 'dayOrder', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    this.sealKey = new Key(this, 'SealKey', {
      description: `Latchkey ${config.stage}: seals of the record`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy: dataRemoval(config),
      pendingWindow: Duration.days(30),
    });
    this.#addRecorder(config, alarms, [keys.table, subscriptions.table, alerts.table]);
    this.reads = [this.#addQuery(config), this.#addVerify(props)];
  }

  /** Reading the record of given subjects. */
  grantSubjects(fn: LatchkeyFunction): void {
    this.table.allowQuery(fn);
    fn.addEnvironments(auditTableEnvironment, { AUDIT_TABLE: this.table.tableName });
  }

  /** The one function that may append; none in the stack may update or delete. */
  #addRecorder(config: Config, alarms: Alarms, sources: readonly LatchkeyTable[]): void {
    const record = new LatchkeyFunction(this, 'RecordAudit', {
      config,
      name: 'record-audit',
      description: 'Puts every change of keys, subscriptions and alerts on record',
      timeout: Duration.seconds(60),
    });
    this.table.allowAppend(record);
    record.addEnvironments(auditTableEnvironment, { AUDIT_TABLE: this.table.tableName });
    record.allow(['kms:GenerateMac'], [this.sealKey.keyArn]);
    record.addEnvironments(sealEnvironment, { SEAL_KEY_ARN: this.sealKey.keyArn });
    for (const source of sources) source.feed(record);
    alarms.add(
      lagAlarm(
        this,
        'RecordLags',
        record,
        'Changes wait to be recorded; after 24 h they are lost. docs/runbook.md#the-record-lags',
      ),
    );
    alarms.add(
      serviceAlarm(this, 'RecordConflicts', {
        config,
        service: 'record-audit',
        metricName: metricNames.auditConflicts,
        threshold: 1,
        description: 'A change contradicts the record. docs/runbook.md#a-change-contradicts-the-record',
      }),
    );
  }

  #addQuery(config: Config): LatchkeyFunction {
    const query = new LatchkeyFunction(this, 'QueryAudit', {
      config,
      name: 'query-audit',
      description: 'Tells the record of a key, a subscription, an alert or a day',
    });
    this.table.allowQuery(query, { index: byDayIndex });
    query.addEnvironments(auditTableEnvironment, { AUDIT_TABLE: this.table.tableName });
    return query;
  }

  #addVerify({ config, keys, subscriptions, alerts }: AuditProps): LatchkeyFunction {
    const verify = new LatchkeyFunction(this, 'VerifyAudit', {
      config,
      name: 'verify-audit',
      description: 'Verifies the record: content, chains, seals, and tails against the items',
      memorySize: 1024,
      timeout: Duration.minutes(15),
    });
    this.table.allowQuery(verify);
    this.table.allowScan(verify);
    verify.addEnvironments(auditTableEnvironment, { AUDIT_TABLE: this.table.tableName });
    verify.allow(['kms:VerifyMac'], [this.sealKey.keyArn]);
    verify.addEnvironments(sealEnvironment, { SEAL_KEY_ARN: this.sealKey.keyArn });
    keys.grantRead(verify);
    keys.table.allowScan(verify);
    subscriptions.grantRead(verify);
    subscriptions.table.allowScan(verify);
    alerts.grantRead(verify);
    alerts.table.allowScan(verify);
    return verify;
  }
}
