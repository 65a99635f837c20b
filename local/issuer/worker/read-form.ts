import type { IncomingMessage } from 'node:http';

const maximumBytes = 10_240;

/** @throws Error for a body that no page of ours sends */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= maximumBytes) chunks.push(bytes);
  }
  if (size > maximumBytes) throw new Error(`The form is over ${maximumBytes} bytes.`);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
