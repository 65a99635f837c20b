import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { alertsTableEnvironment } from '../../alerts/contract.ts';
import { keysTableEnvironment } from '../../keys/contract.ts';
import { createKmsClient } from '../../runtime/clients.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { subscriptionsTableEnvironment } from '../../subscriptions/contract.ts';
import { auditTableEnvironment, sealEnvironment } from '../contract.ts';
import { createSealVerifier } from '../gateways/seal.ts';
import { verifyAuditRequest } from '../messages.ts';
import { createAuditStore } from '../stores/audit-store.ts';
import { createRecordedItemStore } from '../stores/recorded-item-store.ts';
import { verifyAudit } from '../verify-audit.ts';

const environment = parseEnvironment(
  z.object({
    ...auditTableEnvironment.shape,
    ...sealEnvironment.shape,
    ...keysTableEnvironment.shape,
    ...subscriptionsTableEnvironment.shape,
    ...alertsTableEnvironment.shape,
  }),
);
const client = createDocumentClient();
const dependencies = {
  audit: createAuditStore(client, environment.AUDIT_TABLE),
  items: createRecordedItemStore(client, {
    keysTable: environment.KEYS_TABLE,
    subscriptionsTable: environment.SUBSCRIPTIONS_TABLE,
    alertsTable: environment.ALERTS_TABLE,
  }),
  seals: createSealVerifier(createKmsClient(), environment.SEAL_KEY_ARN),
  pause: () => wait(500),
};

export const handler = managementFunction(verifyAuditRequest, (request) =>
  verifyAudit(request, dependencies),
);
