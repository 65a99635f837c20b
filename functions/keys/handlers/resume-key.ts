import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeKeys } from '../compose.ts';
import { resumeKeyRequest } from '../messages.ts';
import { resumeKey } from '../suspend-key.ts';

const dependencies = composeKeys();

export const handler = managementFunction(resumeKeyRequest, ({ requestedBy, ...request }, invocation) =>
  resumeKey({ ...request, cause: 'admin' }, adminAct(requestedBy, invocation), dependencies),
);
