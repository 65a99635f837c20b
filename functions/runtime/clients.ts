import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Clients of the management functions: an admin waits, so a few retries are welcome. */
export const createSecretsManagerClient = () => new SecretsManagerClient({ maxAttempts: 4 });
export const createKmsClient = () => new KMSClient({ maxAttempts: 4 });
/** `CreateApiKey` is limited to 5 calls a second for the whole account. */
export const createApiGatewayClient = () => new APIGatewayClient({ maxAttempts: 8 });
