import * as z from 'zod/mini';
import { createSecretsManagerClient } from '../../runtime/clients.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { keysTableEnvironment, pepperEnvironment } from '../contract.ts';
import { getKey } from '../get-key.ts';
import { getKeyRequest } from '../messages.ts';
import { createKeyStore } from '../stores/key-store.ts';
import { createPepperStore } from '../stores/pepper-store.ts';

const environment = parseEnvironment(z.object({ ...keysTableEnvironment.shape, ...pepperEnvironment.shape }));
const dependencies = {
  keys: createKeyStore(createDocumentClient(), environment.KEYS_TABLE),
  peppers: createPepperStore(createSecretsManagerClient(), environment.PEPPER_SECRET_ARN),
};

export const handler = managementFunction(getKeyRequest, (request, { now }) =>
  getKey(request, now, dependencies),
);
