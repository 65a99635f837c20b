/**
 * Cursors of paged answers: opaque to the caller, and nothing but the position at which the next page begins. A caller may
 * forge one; what it says is checked like any input.
 */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position, or undefined for a text that is no cursor. */
export function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
