import { adminAct, managementFunction } from '../../runtime/management-function.ts';
import { composeMinting } from '../compose.ts';
import { rotateKeyRequest } from '../messages.ts';
import { rotateKey } from '../rotate-key.ts';

const dependencies = composeMinting();

export const handler = managementFunction(rotateKeyRequest, ({ requestedBy, ...request }, invocation) =>
  rotateKey(request, adminAct(requestedBy, invocation), dependencies),
);
