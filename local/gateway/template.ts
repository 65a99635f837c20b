import { canonicalHeaderName } from './header-names.ts';

/** A name without its `$`, such as `context.requestId`, `stageVariables.x`, `method.request.header.Accept`. */
export type Variable = string;

/** Literal text and variables in turn. */
export type Template = readonly (string | { readonly variable: Variable })[];

/** The value of a response header: `'text'` or a variable. */
export type Mapping = { readonly literal: string } | { readonly variable: Variable };

/** Undefined where the request has no such value. */
export type Lookup = (variable: Variable) => string | undefined;

const name = '[A-Za-z0-9_]+(?:-+[A-Za-z0-9_]+)*';
const reference = new RegExp(`\\$((?:context|stageVariables|method)(?:\\.${name})+)`, 'g');
const velocity =
  /#(?:set|if|elseif|else|end|foreach|include|parse|macro|define|break|stop|evaluate)\b|\$!?\{|\$!|\$[A-Za-z_]/;

/**
 * Splits a template at its variables. API Gateway substitutes in gateway responses and knows no more than that there; in
 * integrations it speaks VTL, which the local gateway does not.
 * @throws Error where the text holds a VTL directive or a reference to anything but a request's variables
 */
export function parseTemplate(text: string): Template {
  const parts: (string | { variable: string })[] = [];
  let end = 0;
  for (const match of text.matchAll(reference)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ variable: normalise(match[1] ?? '') });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  for (const part of parts) {
    const found = typeof part === 'string' ? velocity.exec(part) : null;
    if (found) throw new Error(`a template with "${found[0]}" (VTL) is not supported`);
  }
  return parts;
}

export function renderTemplate(template: Template, lookup: Lookup, missing: string): string {
  return template
    .map((part) => (typeof part === 'string' ? part : (lookup(part.variable) ?? missing)))
    .join('');
}

/** @throws Error where the text is neither `'quoted'` nor a variable */
export function parseMapping(text: string): Mapping {
  const literal = /^'([\s\S]*)'$/.exec(text);
  if (literal) return { literal: literal[1] ?? '' };
  if (new RegExp(`^(?:context|stageVariables|method)(?:\\.${name})+$`).test(text)) {
    return { variable: normalise(text) };
  }
  throw new Error(
    `the mapping "${text}" is not supported: use 'text', context.*, stageVariables.* or method.request.*`,
  );
}

export function resolveMapping(mapping: Mapping, lookup: Lookup): string | undefined {
  return 'literal' in mapping ? mapping.literal : lookup(mapping.variable);
}

/** Every variable that a template refers to. */
export function variablesOf(template: Template): Variable[] {
  return template.flatMap((part) => (typeof part === 'string' ? [] : [part.variable]));
}

const header = 'method.request.header.';

/** Header maps are keyed by the canonical name, so that the name in a template may have any case. */
function normalise(variable: Variable): Variable {
  return variable.startsWith(header) ? header + canonicalHeaderName(variable.slice(header.length)) : variable;
}
