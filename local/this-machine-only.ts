/**
 * Whether a request comes from a program on this machine. Any web page may make a browser send a simple request to
 * loopback; browsers cannot leave `Origin` out of one that changes something, nor forge `Host`, and no client outside a
 * browser sends the former.
 * @param headers names in lower case
 */
export function isFromThisMachine(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): boolean {
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(String(headers['host'] ?? ''));
  return headers['origin'] === undefined && isLocal;
}
