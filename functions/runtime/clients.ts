import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { SNSClient } from '@aws-sdk/client-sns';
import { requestTimeouts } from './request-timeouts.ts';

/** Clients of the management functions: an admin waits, so a few retries are welcome. */
const requestHandler = requestTimeouts(3_000);
export const createSecretsManagerClient = () => new SecretsManagerClient({ maxAttempts: 4, requestHandler });
export const createKmsClient = () => new KMSClient({ maxAttempts: 4, requestHandler });
/** `CreateApiKey` is limited to 5 calls a second for the whole account. */
export const createApiGatewayClient = () => new APIGatewayClient({ maxAttempts: 8, requestHandler });
export const createSesClient = () =>
  new SESClient({ maxAttempts: 3, requestHandler: requestTimeouts(8_000) });
export const createSnsClient = () => new SNSClient({ maxAttempts: 4, requestHandler });
export const createCognitoClient = () =>
  new CognitoIdentityProviderClient({ maxAttempts: 4, requestHandler });
