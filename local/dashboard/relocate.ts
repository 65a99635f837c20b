import type { ResolvedTemplate } from '../template/resolve.ts';
import { asRecord, isRecord } from '../template/template-error.ts';

/**
 * The template with the address on this machine wherever one of the cloud stands: in environments, callback addresses,
 * answers to browsers, outputs.
 */
export function relocate(
  template: ResolvedTemplate,
  addresses: readonly string[],
  local: string,
): ResolvedTemplate {
  const replaced = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return addresses.reduce((text, address) => text.replaceAll(address, local), value);
    }
    if (Array.isArray(value)) return value.map(replaced);
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(inner)]));
  };
  const resources = template.resources.map((resource) => ({
    ...resource,
    properties: asRecord(replaced(resource.properties), resource.logicalId),
  }));
  return {
    ...template,
    resources,
    outputs: Object.fromEntries(
      Object.entries(template.outputs).map(([name, value]) => [name, String(replaced(value))]),
    ),
    byType: (type) => resources.filter((resource) => resource.type === type),
  };
}
