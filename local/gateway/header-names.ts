/**
 * A header's name as it arrives behind the gateway: `x-api-key` and `X-API-Key` both become `X-Api-Key`. Header maps of
 * the local gateway are keyed by this form, so that every look-up is independent of what the client wrote.
 */
export function canonicalHeaderName(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('-');
}
