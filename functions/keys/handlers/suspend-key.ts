import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeKeys } from '../compose.ts';
import { suspendKeyRequest } from '../messages.ts';
import { suspendKey } from '../suspend-key.ts';

const dependencies = composeKeys();

export const handler = managementFunction(suspendKeyRequest, ({ requestedBy, ...request }, invocation) =>
  suspendKey({ ...request, cause: 'admin' }, adminAct(requestedBy, invocation), dependencies),
);
