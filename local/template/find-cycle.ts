/**
 * A circle in a graph of names, as the names along it with the first one again at the end; undefined where there is
 * none. Depth first without recursion: a template may chain hundreds of resources.
 */
export function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const pending: { name: string; leave: boolean }[] = [{ name: start, leave: false }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { name, leave } = next;
      if (leave) {
        path.pop();
        onPath.delete(name);
        done.add(name);
      } else if (onPath.has(name)) {
        return [...path.slice(path.indexOf(name)), name];
      } else if (!done.has(name)) {
        path.push(name);
        onPath.add(name);
        pending.push({ name, leave: true });
        for (const target of edges.get(name) ?? []) pending.push({ name: target, leave: false });
      }
    }
  }
  return undefined;
}
