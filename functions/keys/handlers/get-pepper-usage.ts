import { createSecretsManagerClient } from '../../runtime/clients.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { composeKeys } from '../compose.ts';
import { pepperEnvironment } from '../contract.ts';
import { getPepperUsage } from '../get-pepper-usage.ts';
import { getPepperUsageRequest } from '../messages.ts';
import { createPepperVault } from '../stores/pepper-vault.ts';

const { PEPPER_SECRET_ARN } = parseEnvironment(pepperEnvironment);
const dependencies = {
  ...composeKeys(),
  vault: createPepperVault(createSecretsManagerClient(), PEPPER_SECRET_ARN),
};

export const handler = managementFunction(getPepperUsageRequest, (_request, { now }) =>
  getPepperUsage(now, dependencies),
);
