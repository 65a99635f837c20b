import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { managementFunction } from '../../runtime/management-function.ts';
import { auditTableEnvironment } from '../contract.ts';
import { queryAuditRequest } from '../messages.ts';
import { queryAudit } from '../query-audit.ts';
import { createAuditStore } from '../stores/audit-store.ts';

const { AUDIT_TABLE } = parseEnvironment(auditTableEnvironment);
const audit = createAuditStore(createDocumentClient(), AUDIT_TABLE);

export const handler = managementFunction(queryAuditRequest, (request) => queryAudit(request, audit));
