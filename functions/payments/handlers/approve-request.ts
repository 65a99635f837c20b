import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { approveRequest } from '../answer-request.ts';
import { composePayments } from '../compose.ts';
import { approveRequestRequest } from '../messages.ts';

const dependencies = composePayments();

export const handler = managementFunction(approveRequestRequest, ({ requestedBy, ...request }, invocation) =>
  approveRequest(request, adminAct(requestedBy, invocation), dependencies),
);
