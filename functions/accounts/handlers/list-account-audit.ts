import { auditTableEnvironment } from '../../audit/contract.ts';
import { createAuditStore } from '../../audit/index.ts';
import { composeKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { listAccountAudit } from '../list-audit.ts';
import { auditQuery } from '../messages.ts';

const { client, keys } = composeKeys();
const audit = createAuditStore(client, parseEnvironment(auditTableEnvironment).AUDIT_TABLE);

/** `GET /account/audit` */
export const handler = accountFunction({ query: auditQuery }, async ({ subscriptionId, query }) => ({
  body: await listAccountAudit({ subscriptionId, ...query }, { audit, keys }),
}));
