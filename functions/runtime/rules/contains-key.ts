/**
 * Whether an API key stands anywhere in a text, or what has the shape of one (see `functions/keys/rules/key-format.ts`).
 */
export function containsKey(text: string): boolean {
  return /[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/.test(text);
}

/**
 * The same for the token of a claim link, too (`functions/delivery/rules/claim-token.ts`): whatever is stored or recorded of
 * a request must not be a secret, even one pasted by mistake.
 */
export function containsSecret(text: string): boolean {
  return containsKey(text) || /[0-9A-Za-z]{12}\.\d{1,9}\.\d{1,9}\.[0-9A-Za-z_-]{43}/.test(text);
}
