import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { alertNewsActions, suspensionPolicyEnvironment } from '../../functions/alerts/contract.ts';
import { dashboardEnvironment } from '../../functions/runtime/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { AdminAlerts } from './admin-alerts.ts';
import type { Alarms } from './alarms.ts';
import type { Alerts } from './alerts.ts';
import type { Dashboard } from './dashboard.ts';
import type { Delivery } from './delivery.ts';
import type { Keys } from './keys.ts';
import { lagAlarm } from './lag-alarm.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import type { Mail } from './mail.ts';
import { serviceAlarm } from './service-alarm.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface AlertNewsProps {
  readonly config: Config;
  readonly alarms: Alarms;
  readonly alerts: Alerts;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly mail: Mail;
  readonly adminAlerts: AdminAlerts;
  readonly delivery: Delivery;
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/** What follows from an alert: its owner is mailed, admins are told, and its key is suspended where the stage wants that. */
export class AlertNews extends Construct {
  constructor(scope: Construct, id: string, props: AlertNewsProps) {
    super(scope, id);
    const { config, alarms, alerts, keys, subscriptions, mail, adminAlerts, delivery, dashboard } = props;
    const { suspend } = config.alerts;
    const deliver = new LatchkeyFunction(this, 'DeliverAlerts', {
      config,
      name: 'deliver-alerts',
      description:
        'Tells owners and admins what is unusual; a key whose suspension failed is suspended first',
      // A hundred mails, ten at once, each of which takes half a minute where SES is slow.
      timeout: Duration.minutes(10),
    });
    if (Object.keys(suspend).length === 0) {
      keys.grantRead(deliver);
      alerts.grantRead(deliver);
    } else {
      keys.grantWriteTimed(deliver);
      alerts.grantWrite(deliver);
    }
    deliver.addEnvironments(suspensionPolicyEnvironment, { SUSPENSION_POLICY: JSON.stringify(suspend) });
    subscriptions.grantRead(deliver);
    mail.grantSend(deliver);
    adminAlerts.grantPublish(deliver);
    delivery.grantSealTags(deliver);
    deliver.addEnvironments(dashboardEnvironment, { DASHBOARD_ORIGIN: dashboard.origin });
    // Waits for as many as there are: a storm of alerts is told to admins batch by batch.
    alerts.table.feed(deliver, { actions: alertNewsActions, maxBatchingWindow: Duration.seconds(20) });
    alarms.add(
      lagAlarm(
        this,
        'Lags',
        deliver,
        'Nobody is told what is unusual; after 24 h it is lost. docs/runbook.md#alerts-are-not-told',
      ),
    );
    alarms.add(
      serviceAlarm(this, 'Failed', {
        config,
        service: 'deliver-alerts',
        metricName: metricNames.mailsFailed,
        threshold: 1,
        description: 'A mail about an alert was refused for good. docs/runbook.md#alerts-are-not-told',
      }),
    );
  }
}
