import type { Scope } from './intrinsics.ts';
import type { ParsedTemplate } from './parse-template.ts';
import { asRecord, own, TemplateError } from './template-error.ts';

/** `Fn::FindInMap` over the template's `Mappings` section. */
export function lookUpMapping(mappings: ParsedTemplate['mappings']): Scope['mapping'] {
  return (map, topLevelKey, secondLevelKey, at) => {
    const table = asRecord(own(mappings, map) ?? {}, `Mappings.${map}`);
    const row = asRecord(own(table, topLevelKey) ?? {}, `Mappings.${map}.${topLevelKey}`);
    const value = own(row, secondLevelKey);
    if (value !== undefined) return value;
    throw new TemplateError(at, `mapping ${map} has no ${topLevelKey}.${secondLevelKey}`);
  };
}
