/** Which resources of a template wait for which others, as CloudFormation reads it. By logical id. */
export type Waiting = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * CloudFormation makes a resource after those that it names: in `DependsOn`, and by `Ref`, `Fn::GetAtt` and `Fn::Sub`
 * anywhere in it.
 * @throws where something is named that the template does not have
 */
export function waitingIn(template: {
  readonly Resources: Readonly<Record<string, object>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}): Waiting {
  const { Resources, Parameters = {} } = template;
  return new Map(
    Object.entries(Resources).map(([id, resource]) => {
      const named = [...namedIn(resource), ...dependsOn(resource)].filter(
        (name) => !name.startsWith('AWS::') && !(name in Parameters),
      );
      const [stray] = named.filter((name) => !(name in Resources));
      if (stray !== undefined) throw new Error(`${id} names ${stray}, which the template does not have`);
      return [id, new Set(named)];
    }),
  );
}

function dependsOn(resource: object): string[] {
  return 'DependsOn' in resource ? [resource.DependsOn].flat().map(String) : [];
}

function namedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const [key, inner] = entries[0] ?? ['', undefined];
  if (entries.length === 1) {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(inner) ? inner[0] : String(inner).split('.')[0])];
    if (key === 'Fn::Sub') return namedInText(inner);
  }
  return entries.flatMap(([, nested]) => namedIn(nested));
}

/** `${Id}` and `${Id.Attribute}`, but not `${!literal}`, nor what the second part of the function gives a value. */
function namedInText(inner: unknown): string[] {
  const [text, values] = Array.isArray(inner) ? inner : [inner, {}];
  const own = Object.keys(values as object);
  const named = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim());
  return [
    ...named.filter((name) => !own.includes(name)).map((name) => name.split('.')[0] ?? ''),
    ...namedIn(values),
  ];
}

/** All that a resource waits for, at whatever distance; itself only where it waits in a circle. */
export function waitsFor(id: string, waiting: Waiting): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(waiting.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(waiting.get(next) ?? []));
  }
  return found;
}

/** Resources that wait for themselves, in the end. */
export function inCircles(waiting: Waiting): string[] {
  return [...waiting.keys()].filter((id) => waitsFor(id, waiting).has(id));
}
