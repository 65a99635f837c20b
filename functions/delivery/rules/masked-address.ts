/** `a…@example.com`: enough for its owner to know it by, and no address for anybody else. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address].at(0) ?? ''}…${address.slice(at)}`;
}
