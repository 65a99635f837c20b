import { composeAlerts } from '../../alerts/index.ts';
import { auditTableEnvironment } from '../../audit/contract.ts';
import { createAuditStore } from '../../audit/index.ts';
import { composeKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { composeAccountView } from '../compose-view.ts';
import { exportAccount } from '../export-account.ts';

const { client, keys } = composeKeys();
const dependencies = {
  ...composeAccountView(client),
  keys,
  alerts: composeAlerts(client),
  audit: createAuditStore(client, parseEnvironment(auditTableEnvironment).AUDIT_TABLE),
};

/** `GET /account/export`: all that is kept about the account, as a file. */
export const handler = accountFunction({}, async ({ subscriptionId, act }) => ({
  body: await exportAccount(subscriptionId, act.now, dependencies),
  headers: { 'Content-Disposition': 'attachment; filename="account.json"' },
}));
