import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The secret that claim links are made with, read once per function instance. */
export type ClaimSecret = () => Promise<string>;

export function createClaimSecret(client: SecretsManagerClient, secretId: string): ClaimSecret {
  let reading: Promise<string> | undefined;
  const read = async () => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    // An empty or short key would make links that anybody could make.
    if (SecretString.length < 32) throw new Error('the claim secret is missing or too short');
    return SecretString;
  };
  return () => {
    const attempt = reading ?? read();
    reading = attempt;
    // A failed read is not kept.
    attempt.catch(() => {
      if (reading === attempt) reading = undefined;
    });
    return attempt;
  };
}
