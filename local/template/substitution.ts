/** A piece of an `Fn::Sub` text: literal characters, or the name inside `${...}`. */
export type SubstitutionPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string };

/**
 * Splits the text of an `Fn::Sub`. `${!Name}` is CloudFormation's way to write a literal `${Name}`; a `$` that opens
 * no `${...}` stays as it is.
 */
export function parseSubstitution(text: string): SubstitutionPart[] {
  const parts: SubstitutionPart[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{([^{}]*)\}/g)) {
    const inner = match[1] ?? '';
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push(
      inner.startsWith('!')
        ? { kind: 'text', text: `\${${inner.slice(1)}}` }
        : { kind: 'variable', name: inner },
    );
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
