import { CfnOutput, Stack } from 'aws-cdk-lib';
import {
  DkimIdentity,
  EasyDkimSigningKeyLength,
  EmailIdentity,
  Identity,
  MailFromBehaviorOnMxFailure,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';

export interface MailIdentityProps {
  readonly config: Config;
}

/** The domain that mails come from, as SES knows it, and the DNS records that prove it, as outputs of the stack. */
export class MailIdentity extends Construct {
  constructor(scope: Construct, id: string, { config }: MailIdentityProps) {
    super(scope, id);
    const { domain, mailFromSubdomain } = config.mail;
    const mailFrom = `${mailFromSubdomain}.${domain}`;
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(domain),
      dkimIdentity: DkimIdentity.easyDkim(EasyDkimSigningKeyLength.RSA_2048_BIT),
      mailFromDomain: mailFrom,
      // A lost MX record shall not stop every key: the mail then leaves under SES's own name, without SPF for the
      // domain, and DMARC passes by DKIM alone.
      mailFromBehaviorOnMxFailure: MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
    });
    const stack = Stack.of(this);
    const record = (output: string, description: string, value: string) =>
      new CfnOutput(stack, `MailDns${output}`, { description, value });
    for (const [index, { name, value }] of identity.dkimRecords.entries()) {
      record(`Dkim${index + 1}`, 'DNS record that signs mails', `${name} CNAME ${value}`);
    }
    const feedback = `feedback-smtp.${stack.region}.amazonses.com`;
    record('MailFromMx', 'DNS record by which bounces come back', `${mailFrom} MX 10 ${feedback}`);
    record(
      'MailFromSpf',
      'DNS record of who may send',
      `${mailFrom} TXT "v=spf1 include:amazonses.com ~all"`,
    );
    record(
      'Dmarc',
      'DNS record that is recommended: what others shall do with mails that are not ours',
      `_dmarc.${domain} TXT "v=DMARC1; p=quarantine"`,
    );
  }
}
