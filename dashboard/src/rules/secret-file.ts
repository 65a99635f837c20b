/** A key as a file that programs read their environment from. */
export interface SecretFile {
  readonly name: string;
  readonly content: string;
}

/** The variable that the integration guide's examples read. */
export const variableName = 'DECISION_API_KEY';

/**
 * @param of what the comment names; line breaks in a name must not become lines of the file
 */
export function secretFile(
  apiKey: string,
  of: { readonly product: string; readonly name: string; readonly display: string; readonly madeAt: string },
): SecretFile {
  const name = of.name.replace(/\s+/g, ' ').trim();
  const slug = name
    .normalize('NFKD')
    .replace(/\p{Mark}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const comment = `# ${of.product}: ${name} (${of.display}), ${of.madeAt.slice(0, 10)}`;
  return {
    name: `${slug === '' ? 'api-key' : slug}.env`,
    content: `${comment}\n${variableName}=${apiKey}\n`,
  };
}

/** The first 10 characters: all of a key that may be shown once it is stored. */
export const displayOf = (apiKey: string): string => `${apiKey.slice(0, 10)}...`;
