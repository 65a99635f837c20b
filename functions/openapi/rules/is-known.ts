/**
 * Whether `If-None-Match` names the representation (RFC 9110, 13.1.2): `*`, or a list of entity tags, weak ones of the
 * same value too.
 * @param etag with its quotation marks
 */
export function isKnown(
  etag: string,
  headers: Readonly<Record<string, string | undefined>> | null | undefined,
): boolean {
  const [, condition] =
    Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'if-none-match') ?? [];
  if (condition === undefined) return false;
  return (
    condition.trim() === '*' || condition.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
  );
}
