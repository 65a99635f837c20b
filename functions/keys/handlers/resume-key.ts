import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeTimedKeys } from '../compose.ts';
import { resumeKeyRequest } from '../messages.ts';
import { resumeKey } from '../suspend-key.ts';

const dependencies = composeTimedKeys();

export const handler = managementFunction(resumeKeyRequest, ({ requestedBy, ...request }, invocation) =>
  resumeKey({ ...request, cause: 'admin' }, adminAct(requestedBy, invocation), dependencies),
);
