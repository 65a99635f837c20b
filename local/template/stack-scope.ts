import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { findCycle } from './find-cycle.ts';
import { identityOf } from './identities.ts';
import { evaluate, noValue, type Scope } from './intrinsics.ts';
import { lookUpMapping } from './mappings.ts';
import { createParameterLookup } from './parameters.ts';
import type { ParsedTemplate, TemplateResource } from './parse-template.ts';
import type { Identity, IdentityContext } from './physical-ids.ts';
import { createStackConditions } from './stack-conditions.ts';
import { asRecord, asText, own, TemplateError } from './template-error.ts';

/** Everything that an expression of one stack may name, resolved on demand. */
export interface StackScope {
  /** For expressions that belong to no resource: outputs. */
  readonly scope: Scope;
  /** Whether the resource's condition holds. */
  exists(logicalId: string): boolean;
  resource(logicalId: string): ResolvedResource;
  /** Throws a `TemplateError` when resources that were resolved depend on each other in a circle. */
  assertAcyclic(): void;
}

interface Named {
  readonly resource: TemplateResource;
  readonly identity: Identity;
  readonly context: IdentityContext;
  readonly ref: string;
}

export function createStackScope(template: ParsedTemplate, environment: LocalEnvironment): StackScope {
  const parameter = createParameterLookup(template.parameters, environment);
  const condition = createStackConditions(template, parameter);
  const named = new Map<string, Named | 'in progress'>();
  const dependencies = new Map<string, Set<string>>();

  /** `owner` is the resource in whose properties a name is used, so that its dependencies become known. */
  function scopeOf(owner?: string): Scope {
    return {
      ref: (name, at) => parameter(name) ?? nameOf(name, at, owner).ref,
      attribute(logicalId, attribute, at) {
        const { resource, identity, context, ref } = nameOf(logicalId, at, owner);
        const value = own(identity.attributes, attribute)?.(context, ref);
        if (value !== undefined) return value;
        throw new TemplateError(
          at,
          `attribute ${attribute} of ${logicalId} (${resource.type}) is not supported by the local runner`,
        );
      },
      condition,
      mapping: lookUpMapping(template.mappings),
    };
  }

  function exists(logicalId: string): boolean {
    const declared = own(template.resources, logicalId)?.condition;
    return declared === undefined || condition(declared, `Resources.${logicalId}.Condition`);
  }

  function nameOf(logicalId: string, at: string, owner?: string): Named {
    const resource = own(template.resources, logicalId);
    if (resource === undefined) {
      throw new TemplateError(at, `${logicalId} is neither a resource nor a parameter of the template`);
    }
    if (!exists(logicalId)) {
      throw new TemplateError(
        at,
        `${logicalId} does not exist: its condition ${resource.condition} is false`,
      );
    }
    if (owner !== undefined) depend(owner, logicalId);
    const known = named.get(logicalId);
    if (known === 'in progress') {
      const open = [...named].filter(([, state]) => state === 'in progress').map(([id]) => id);
      throw new TemplateError(at, `circular reference between the names of ${open.join(', ')}`);
    }
    return known ?? name(logicalId, resource);
  }

  /** Names are made on first use, from no more properties than they need: a policy may name a role that names it not. */
  function name(logicalId: string, resource: TemplateResource): Named {
    const at = `Resources.${logicalId}`;
    const identity = identityOf(resource.type);
    if (identity === undefined) {
      throw new TemplateError(at, `${resource.type} is not supported by the local runner`);
    }
    const property = (property: string) => {
      const value = evaluate(
        own(resource.properties, property),
        scopeOf(logicalId),
        `${at}.Properties.${property}`,
      );
      return value === noValue ? undefined : value;
    };
    const text = (name: string) => {
      const value = property(name);
      return value === undefined ? undefined : asText(value, `${at}.Properties.${name}`);
    };
    const context: IdentityContext = { environment, logicalId, property, text };
    named.set(logicalId, 'in progress');
    const made = { resource, identity, context, ref: identity.ref(context) };
    named.set(logicalId, made);
    return made;
  }

  function depend(owner: string, on: string): void {
    dependencies.set(owner, (dependencies.get(owner) ?? new Set()).add(on));
  }

  function dependOnDeclared(logicalId: string, dependsOn: readonly string[]): void {
    for (const other of dependsOn) {
      if (!Object.hasOwn(template.resources, other)) {
        const at = `Resources.${logicalId}.DependsOn`;
        throw new TemplateError(at, `${other} is not a resource of the template`);
      }
      if (exists(other)) depend(logicalId, other);
    }
  }

  return {
    scope: scopeOf(),
    exists,
    resource(logicalId) {
      const at = `Resources.${logicalId}.Properties`;
      const { resource, identity, context, ref } = nameOf(logicalId, at);
      dependOnDeclared(logicalId, resource.dependsOn);
      const attributes: Record<string, string> = {};
      for (const [attribute, make] of Object.entries(identity.attributes)) {
        const value = make(context, ref);
        if (value !== undefined) attributes[attribute] = value;
      }
      const properties = asRecord(evaluate(resource.properties, scopeOf(logicalId), at), at);
      return { logicalId, type: resource.type, ref, attributes, properties };
    },
    assertAcyclic() {
      const cycle = findCycle(dependencies);
      if (cycle !== undefined)
        throw new TemplateError('Resources', `circular dependency ${cycle.join(' -> ')}`);
    },
  };
}
