import type { ResolvedResource } from '../model.ts';
import { requireKnownVariable, requireKnownVariables } from './context-variables.ts';
import type { HeaderMapping } from './model.ts';
import { readProperty } from './refuse.ts';
import type { Template } from './template.ts';
import { parseMapping, parseTemplate } from './template.ts';

export function readTemplate(
  resource: ResolvedResource,
  path: string,
  text: string,
  options: { anyVariable?: boolean } = {},
): Template {
  return readProperty(resource, path, () => {
    const template = parseTemplate(text);
    if (!options.anyVariable) requireKnownVariables(template);
    return template;
  });
}

/** Templates by content type. */
export function readTemplates(
  resource: ResolvedResource,
  path: string,
  templates: Readonly<Record<string, string>>,
): ReadonlyMap<string, Template> {
  return new Map(
    Object.entries(templates).map(([type, text]) => [type, readTemplate(resource, `${path}.${type}`, text)]),
  );
}

/** Response parameters, each `<prefix><header name>` with its value; a name without the prefix is refused. */
export function readHeaders(
  resource: ResolvedResource,
  path: string,
  prefix: string,
  parameters: Readonly<Record<string, string>>,
): readonly HeaderMapping[] {
  return Object.entries(parameters).map(([key, text]) =>
    readProperty(resource, `${path}.${key}`, () => {
      if (!key.startsWith(prefix)) throw new Error(`only ${prefix}* is supported`);
      const value = parseMapping(text);
      if ('variable' in value) requireKnownVariable(value.variable);
      return { name: key.slice(prefix.length), value };
    }),
  );
}
