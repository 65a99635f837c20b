import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { accountMailActions } from '../../functions/delivery/contract.ts';
import { dashboardEnvironment, tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { AdminAlerts } from './admin-alerts.ts';
import type { Alarms } from './alarms.ts';
import type { Dashboard } from './dashboard.ts';
import type { Delivery } from './delivery.ts';
import { lagAlarm } from './lag-alarm.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import type { Mail } from './mail.ts';
import { serviceAlarm } from './service-alarm.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface AccountMailProps {
  readonly config: Config;
  readonly alarms: Alarms;
  readonly subscriptions: Subscriptions;
  readonly mail: Mail;
  readonly adminAlerts: AdminAlerts;
  readonly delivery: Delivery;
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/** Mails about accounts, tiers and payments, derived from what changed on the subscription. */
export class AccountMail extends Construct {
  constructor(scope: Construct, id: string, props: AccountMailProps) {
    super(scope, id);
    const { config, alarms, subscriptions, mail, adminAlerts, delivery, dashboard } = props;
    const tell = new LatchkeyFunction(this, 'MailAccount', {
      config,
      name: 'mail-account',
      description: 'Mails owners what happened to their account, its tier and its payments',
      timeout: Duration.minutes(5),
    });
    subscriptions.grantRead(tell);
    mail.grantSend(tell);
    adminAlerts.grantPublish(tell);
    delivery.grantSealTags(tell);
    tell.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });
    tell.addEnvironments(dashboardEnvironment, { DASHBOARD_ORIGIN: dashboard.origin });
    // The second reader of this stream, and the last that it takes: a shard gives two readers all of its rate.
    subscriptions.table.feed(tell, { batchSize: 10, actions: accountMailActions });
    alarms.add(
      lagAlarm(
        this,
        'Lags',
        tell,
        'Mails about accounts and payments wait; after 24 h they are lost. docs/runbook.md#account-mails-wait',
      ),
    );
    alarms.add(
      serviceAlarm(this, 'Failed', {
        config,
        service: 'mail-account',
        metricName: metricNames.mailsFailed,
        threshold: 1,
        description: 'A mail about an account was refused for good. docs/runbook.md#account-mails-wait',
      }),
    );
  }
}
