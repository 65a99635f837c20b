import type { IncomingMessage } from 'node:http';

/** API Gateway's payload limit, in bytes. */
export const payloadLimit = 10 * 1024 * 1024;

/** A client that sends far too much is not read to its end, one that sends a little too much is, so that it gets its answer. */
const patience = 4 * payloadLimit;

/**
 * The whole body, or `too-large` above the limit; what is above it is never kept in memory.
 * @throws Error when the client goes away before the end
 */
export async function readBody(message: IncomingMessage): Promise<Buffer | 'too-large'> {
  if (Number(message.headers['content-length'] ?? 0) > patience) return 'too-large';
  const chunks: Buffer[] = [];
  let length = 0;
  // Without `destroyOnReturn: false` leaving the loop would close the connection before the answer.
  for await (const chunk of message.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > patience) break;
    if (length > payloadLimit) chunks.length = 0;
    else chunks.push(chunk);
  }
  return length > payloadLimit ? 'too-large' : Buffer.concat(chunks);
}
