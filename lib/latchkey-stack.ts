import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { AccountMail } from './constructs/account-mail.ts';
import { Accounts } from './constructs/accounts.ts';
import { AdminAlerts } from './constructs/admin-alerts.ts';
import { Alarms } from './constructs/alarms.ts';
import { AlertNews } from './constructs/alert-news.ts';
import { Alerts } from './constructs/alerts.ts';
import { Api } from './constructs/api.ts';
import { Audit } from './constructs/audit.ts';
import { Authorizer } from './constructs/authorizer.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { Decisions } from './constructs/decisions.ts';
import { Delivery } from './constructs/delivery.ts';
import { Detection } from './constructs/detection.ts';
import { Encryption } from './constructs/encryption.ts';
import { Identity } from './constructs/identity.ts';
import { KeyManagement } from './constructs/key-management.ts';
import { Keys } from './constructs/keys.ts';
import { Mail } from './constructs/mail.ts';
import { ManagementAccess } from './constructs/management-access.ts';
import { ManagementTrail } from './constructs/management-trail.ts';
import { OpenApi } from './constructs/openapi.ts';
import { Payments } from './constructs/payments.ts';
import { Rotation } from './constructs/rotation.ts';
import { Subscriptions } from './constructs/subscriptions.ts';
import { Usage } from './constructs/usage.ts';

export interface LatchkeyStackProps extends StackProps {
  readonly config: Config;
}

/** The whole product in one stack: wiring and outputs only. */
export class LatchkeyStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: LatchkeyStackProps) {
    super(scope, id, props);
    const alarms = new Alarms(this, 'Alarms', { config });
    const encryption = new Encryption(this, 'Encryption', { config });
    const mail = new Mail(this, 'Mail', { config, alarms });
    const dashboard = new Dashboard(this, 'Dashboard', { config });
    const identity = new Identity(this, 'Identity', { config, mail, dashboard });
    const adminAlerts = new AdminAlerts(this, 'AdminAlerts', { config });
    const keys = new Keys(this, 'Keys', { config, encryption });
    const subscriptions = new Subscriptions(this, 'Subscriptions', { config, encryption, alarms });
    const usage = new Usage(this, 'Usage', { config, encryption });
    const alerts = new Alerts(this, 'Alerts', { config, encryption });
    const detection = new Detection(this, 'Detection', { config, encryption });
    detection.addDetector({ alarms, alerts, keys, subscriptions, usage });
    const authorizer = new Authorizer(this, 'Authorizer', { config, keys, alarms });
    const decisions = new Decisions(this, 'Decisions', { config, usage, alarms });
    new Rotation(this, 'Rotation', { config, alarms, keys });
    const delivery = new Delivery(this, 'Delivery', {
      config,
      encryption,
      alarms,
      keys,
      subscriptions,
      usage,
      mail,
      adminAlerts,
      dashboard,
    });
    new AccountMail(this, 'AccountMail', {
      config,
      alarms,
      subscriptions,
      mail,
      adminAlerts,
      delivery,
      dashboard,
    });
    new AlertNews(this, 'AlertNews', {
      config,
      alarms,
      alerts,
      keys,
      subscriptions,
      mail,
      adminAlerts,
      delivery,
      dashboard,
    });
    const openApi = new OpenApi(this, 'OpenApi', { config, identity });
    const api = new Api(this, 'Api', {
      config,
      authorizer,
      decisions,
      usage,
      delivery,
      openApi,
      dashboard,
      alarms,
    });

    openApi.useApi(api.restApi);
    const authorizerLog = authorizer.authorize.logGroup;
    detection.addAggregation({ accessLog: api.accessLog, authorizerLog }, alarms);
    const management = new KeyManagement(this, 'KeyManagement', { config, keys, subscriptions, detection });
    const audit = new Audit(this, 'Audit', { config, encryption, alarms, keys, subscriptions, alerts });
    const payments = new Payments(this, 'Payments', {
      config,
      encryption,
      alarms,
      keys,
      subscriptions,
      dashboard,
    });
    const accounts = new Accounts(this, 'Accounts', {
      config,
      alarms,
      identity,
      keys,
      subscriptions,
      usage,
      audit,
      alerts,
      detection,
      payments,
      dashboard,
    });
    api.addAccountRoutes(accounts, [
      ...accounts.routes,
      { method: 'PUT', path: 'account/tier', fn: payments.chooseTier },
      { method: 'POST', path: 'account/portal', fn: payments.openPortal },
      ...alerts.addOwnersRoutes({ config, dashboard, keys, subscriptions }),
    ]);
    api.addWebhook('stripe', payments.receive);
    dashboard.publish({ api, identity });
    // Behind all that plan usage keys.
    subscriptions.useUsagePlans(api.usagePlans);
    const ofAlerts = alerts.addManagement();
    const acts = [...management.acts, delivery.addManagement(), ...payments.acts, ...ofAlerts.acts];
    const reads = [
      ...management.reads,
      subscriptions.addManagement(),
      usage.addManagement(subscriptions),
      ...audit.reads,
      ...payments.reads,
      ...ofAlerts.reads,
    ];
    new ManagementAccess(this, 'ManagementAccess', { acts, reads });
    if (config.cloudTrail) {
      new ManagementTrail(this, 'ManagementTrail', { functions: [...acts, ...reads] });
    }
    new CfnOutput(this, 'StripeWebhookUrl', {
      value: `${api.url}/webhooks/stripe`,
      description: 'Where Stripe is to send its events',
    });
    new CfnOutput(this, 'ApiUrl', { value: api.url, description: 'POST <ApiUrl>/decisions/evaluate' });
  }
}
