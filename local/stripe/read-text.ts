import type { IncomingMessage } from 'node:http';

const maximumBytes = 262_144;

export class BodyTooLongError extends Error {
  override readonly name = 'BodyTooLongError';
}

/** A request's body as text. @throws BodyTooLongError */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maximumBytes) throw new BodyTooLongError(`The body is over ${maximumBytes} bytes.`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
