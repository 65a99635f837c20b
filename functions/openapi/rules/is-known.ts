import { headerOf, type RequestHeaders } from '../../runtime/rules/header.ts';

/**
 * Whether `If-None-Match` names the representation (RFC 9110, 13.1.2): `*`, or a list of entity tags, weak ones of the
 * same value too.
 * @param etag with its quotation marks
 */
export function isKnown(etag: string, headers: RequestHeaders): boolean {
  const condition = headerOf(headers, 'If-None-Match');
  if (condition === undefined) return false;
  return (
    condition.trim() === '*' || condition.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
  );
}
