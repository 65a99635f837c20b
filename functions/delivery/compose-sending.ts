import * as z from 'zod/mini';
import { createSecretsManagerClient, createSesClient, createSnsClient } from '../runtime/clients.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import {
  adminAlertsEnvironment,
  claimEnvironment,
  mailEnvironment,
  mailProductEnvironment,
} from './contract.ts';
import { createAdminAlerts } from './gateways/admin-alerts.ts';
import { createMailer, type MailerSettings } from './gateways/mailer.ts';
import { createClaimSecret } from './stores/claim-secret.ts';

const sendingEnvironment = z.object({
  ...mailEnvironment.shape,
  ...mailProductEnvironment.shape,
  ...adminAlertsEnvironment.shape,
  ...claimEnvironment.shape,
});

/**
 * What the functions that mail owners, and tell admins where that fails, have in common.
 * @param settings of the one that encrypts: the others need not carry the library
 */
export function composeSending(settings: Pick<MailerSettings, 'encrypted'> = {}) {
  const environment = parseEnvironment(sendingEnvironment);
  const claimSecret = createClaimSecret(createSecretsManagerClient(), environment.CLAIM_SECRET_ARN);
  return {
    claimSecret,
    mailer: createMailer(createSesClient(), {
      from: environment.MAIL_FROM,
      senderName: environment.MAIL_PRODUCT.company,
      configurationSet: environment.MAIL_CONFIGURATION_SET,
      tagSecret: claimSecret,
      ...settings,
    }),
    adminAlerts: createAdminAlerts(createSnsClient(), environment.ALERTS_TOPIC_ARN),
    product: environment.MAIL_PRODUCT,
    sender: environment.MAIL_FROM,
  };
}
