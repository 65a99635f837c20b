import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { logger } from '../../runtime/telemetry.ts';

/** For how long a value is used before it is read again, by default a minute: an operator who sets it should not have to wait. */
export interface Freshness {
  readonly freshMilliseconds?: number;
}

/** The value of a secret that an operator sets; undefined as long as it holds what the stack made it with. */
export type OperatorSecret = () => Promise<string | undefined>;

/** @param isSet tells a real value from the random one that the secret begins with */
function operatorSecret(
  client: SecretsManagerClient,
  secretArn: string,
  isSet: (value: string) => boolean,
  { freshMilliseconds = 60_000 }: Freshness,
): OperatorSecret {
  let read: { readonly at: number; readonly value: Promise<string | undefined> } | undefined;
  const fetch = async () => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const value = SecretString.trim();
    return isSet(value) ? value : undefined;
  };
  return () => {
    const now = Date.now();
    if (read === undefined || now - read.at >= freshMilliseconds || now < read.at) {
      const value = fetch();
      read = { at: now, value };
      value.catch(() => {
        read = undefined;
      });
    }
    return read.value;
  };
}

/**
 * Stripe's secret or restricted key.
 * @param testMode whether one that moves no money counts as set: where customers are real, it would give tiers away
 */
export const createStripeApiKey = (
  client: SecretsManagerClient,
  secretArn: string,
  { testMode, ...freshness }: Freshness & { readonly testMode: boolean },
): OperatorSecret => {
  const isSet = (value: string) => {
    const isRefused = !testMode && /^(sk|rk)_test_/.test(value);
    if (isRefused) logger.error('refused', { errorName: 'a key of Stripe’s test mode' });
    return /^(sk|rk)_/.test(value) && !isRefused;
  };
  return operatorSecret(client, secretArn, isSet, freshness);
};

/** What Stripe signs webhooks with. */
export const createStripeWebhookSecret = (
  client: SecretsManagerClient,
  secretArn: string,
  freshness: Freshness = {},
): OperatorSecret => operatorSecret(client, secretArn, (value) => value.startsWith('whsec_'), freshness);
