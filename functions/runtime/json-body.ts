import { jsonFaultPosition } from './rules/json-fault-position.ts';

/**
 * The JSON of a request's body, or what is wrong with it, to read on from "body". A fault tells where and never what.
 * @param maximum bytes of the decoded body
 * @param fields what an object of this request has, in words
 */
export function readJsonBody(
  body: string | null,
  isBase64Encoded: boolean,
  { maximum, fields }: { readonly maximum: number; readonly fields: string },
): { json: unknown } | { fault: string } {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  // Before anything else: whoever sends megabytes must not make us parse them.
  if (bytes.length > maximum) {
    return { fault: `is too large; expected at most ${maximum} bytes (${Math.floor(maximum / 1024)} KB)` };
  }
  if (bytes.length === 0) return { fault: `is missing; expected a JSON object with ${fields}` };
  const text = decodeUtf8(bytes);
  if (text === undefined) return { fault: 'is not valid UTF-8; expected JSON in UTF-8' };
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { fault: `is not valid JSON: ${whereJsonFails(text)}` };
  }
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Says where and never what: the engine's own message quotes the body. */
function whereJsonFails(text: string): string {
  const position = jsonFaultPosition(text) ?? 0;
  const lines = text.slice(0, position).split('\n');
  const place = `line ${lines.length}, column ${codePoints(lines.at(-1) ?? '') + 1}`;
  return position === text.length ? `it ends too early, at ${place}` : `unexpected text at ${place}`;
}

/** Characters as people count them, whatever UTF-16 needs for one. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
