import type { Template } from './template.ts';

/** The template for a client: the first type it names that there is, else JSON, else the first. */
export function pickTemplate(
  templates: ReadonlyMap<string, Template>,
  accept: string | undefined,
): { readonly type: string; readonly template: Template } | undefined {
  const wanted = (accept ?? '').split(',').map((range) => range.split(';')[0]?.trim() ?? '');
  for (const type of [...wanted, 'application/json', ...templates.keys()]) {
    const template = templates.get(type);
    if (template) return { type, template };
  }
  return undefined;
}
