import * as z from 'zod/mini';
import { createSecretsManagerClient } from '../../runtime/clients.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { subscriptionsTableEnvironment } from '../../subscriptions/contract.ts';
import { pepperEnvironment } from '../contract.ts';
import { rotatePepperRequest } from '../messages.ts';
import { rotatePepper } from '../rotate-pepper.ts';
import { createPepperVault } from '../stores/pepper-vault.ts';
import { createPlatformStore } from '../stores/platform-store.ts';

const environment = parseEnvironment(
  z.object({ ...subscriptionsTableEnvironment.shape, ...pepperEnvironment.shape }),
);
const client = createDocumentClient();
const dependencies = {
  client,
  platform: createPlatformStore(client, environment.SUBSCRIPTIONS_TABLE),
  vault: createPepperVault(createSecretsManagerClient(), environment.PEPPER_SECRET_ARN),
};

export const handler = managementFunction(rotatePepperRequest, ({ requestedBy, ...request }, invocation) =>
  rotatePepper(request, adminAct(requestedBy, invocation), dependencies),
);
