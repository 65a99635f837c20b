import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeTimedKeys } from '../compose.ts';
import { suspendKeyRequest } from '../messages.ts';
import { suspendKey } from '../suspend-key.ts';

const dependencies = composeTimedKeys();

export const handler = managementFunction(suspendKeyRequest, ({ requestedBy, ...request }, invocation) =>
  suspendKey({ ...request, cause: 'admin' }, adminAct(requestedBy, invocation), dependencies),
);
