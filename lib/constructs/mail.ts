import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { mailEnvironment, mailProductEnvironment } from '../../functions/delivery/contract.ts';
import type { Config } from '../config.ts';
import type { Alarms } from './alarms.ts';
import { EncryptedTopic } from './encrypted-topic.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { addMailAlarms } from './mail-alarms.ts';
import { MailIdentity } from './mail-identity.ts';

export interface MailProps {
  readonly config: Config;
  readonly alarms: Alarms;
}

/** How mails leave, and how it comes back what became of them. */
export class Mail extends Construct {
  /** What became of each mail, as SES tells it. */
  readonly events: EncryptedTopic;
  /** The domain in SES, where this stage makes it. */
  readonly identity: MailIdentity | undefined;
  readonly #config: Config;
  readonly #alarms: Alarms;
  readonly #configurationSet: ConfigurationSet;

  constructor(scope: Construct, id: string, { config, alarms }: MailProps) {
    super(scope, id);
    this.#config = config;
    this.#alarms = alarms;
    this.identity =
      config.mail.identity === 'create' ? new MailIdentity(this, 'Identity', { config }) : undefined;
    this.#configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName: `latchkey-${config.stage}`,
      // A mail may hold the link to a key: rather not delivered than readable on its way.
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    this.events = new EncryptedTopic(this, 'Events', { config, of: 'mail events' });
    // Without conditions: no account or source is documented to reach KMS from SES, and one that does not would drop
    // every event in silence. Whose events they are is the topic's policy to say, without which the key opens nothing.
    this.events.allowKey('ses.amazonaws.com');
    // Gives the topic the policy that lets SES publish for this account and this configuration set alone.
    this.#configurationSet.addEventDestination('Outcomes', {
      destination: EventDestination.snsTopic(this.events),
      events: [
        EmailSendingEvent.DELIVERY,
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
      ],
    });
    addMailAlarms(this, { alarms, events: this.events });
  }

  /** Of mails that somebody else sends for the product: only over TLS, and to nobody who bounced or complained. */
  get configurationSetName(): string {
    return this.#configurationSet.configurationSetName;
  }

  /** Sending mail as `mail.from` through the configuration set, and in no other way. */
  grantSend(fn: LatchkeyFunction): void {
    const { mail, product } = this.#config;
    const configurationSet = this.#configurationSet.configurationSetName;
    fn.allow(
      ['ses:SendRawEmail'],
      [this.#arn('identity', mail.domain), this.#arn('configuration-set', configurationSet)],
      { StringEquals: { 'ses:FromAddress': mail.from } },
    );
    fn.addEnvironments(mailEnvironment, {
      MAIL_FROM: mail.from,
      MAIL_CONFIGURATION_SET: configurationSet,
    });
    fn.addEnvironments(mailProductEnvironment, { MAIL_PRODUCT: JSON.stringify(product) });
  }

  /**
   * Feeds a function with what became of each mail. An event on which it fails three times is dropped, and an alarm
   * rings. It waits in no dead-letter queue: an event adds to what the key's item knows already, and what it would have
   * told still shows there, as a handover that nobody opened.
   */
  feed(fn: LatchkeyFunction): void {
    this.events.addSubscription(new LambdaSubscription(fn as IFunction));
    this.#alarms.add(
      new Alarm(this, 'EventsDropped', {
        metric: fn.metric('AsyncEventsDropped', { statistic: 'Sum', period: Duration.minutes(5) }),
        threshold: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: 'What became of a mail was not noted. docs/runbook.md#mail-events-get-lost',
      }),
    );
  }

  #arn(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'ses',
      resource,
      resourceName,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }
}
