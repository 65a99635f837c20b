import type { State } from '../state.ts';
import type { Kind, Kinds } from './model.ts';

/** All objects of the account, in memory and in the state. An object is never changed in place, only put anew. */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined;
  /** All of a kind, the newest first. */
  list<K extends Kind>(kind: K): Kinds[K][];
  /** Whether there is nothing at all. */
  isEmpty(): boolean;
  /** Within a `transaction` only, as `delete` is. */
  put<O extends Kinds[Kind]>(object: O): O;
  delete(kind: Kind, id: string): void;
  /** Runs `work` so that all it puts is kept, or none where it throws; synchronous. */
  transaction<T>(work: () => T): T;
}

interface Entry {
  /** Position in the order of creation. */
  readonly order: number;
  readonly object: Kinds[Kind];
}

/** What each touched entry was before the transaction. */
type Touched = Map<string, { kind: Kind; id: string; entry: Entry | undefined }>;

export function openStore(state: State): Store {
  const map = state.map<Entry>('stripe');
  const kinds = new Map<Kind, Map<string, Entry>>();
  /** Present while a transaction runs. */
  let before: Touched | undefined;

  const ofKind = (kind: Kind) => {
    const found = kinds.get(kind) ?? new Map<string, Entry>();
    kinds.set(kind, found);
    return found;
  };
  const kept = map.entries().map(([, entry]) => entry);
  for (const entry of kept.toSorted((a, b) => a.order - b.order)) {
    ofKind(entry.object.object).set(entry.object.id, entry);
  }
  let last = Math.max(0, ...kept.map(({ order }) => order));

  function set(kind: Kind, id: string, entry: Entry | undefined): void {
    if (before === undefined) throw new Error(`${kind} ${id} was written outside a transaction`);
    const key = `${kind}/${id}`;
    const entries = ofKind(kind);
    if (!before.has(key)) before.set(key, { kind, id, entry: entries.get(id) });
    if (entry === undefined) entries.delete(id);
    else entries.set(id, entry);
  }

  function write(touched: Touched): void {
    state.atomically(() => {
      for (const [key, { kind, id }] of touched) {
        const entry = ofKind(kind).get(id);
        if (entry === undefined) map.delete(key);
        else map.put(key, entry);
      }
    });
  }

  return {
    get: <K extends Kind>(kind: K, id: string) => ofKind(kind).get(id)?.object as Kinds[K] | undefined,
    list: <K extends Kind>(kind: K) => {
      // A map keeps the order in which its keys came, also where a value was replaced.
      return Array.from(ofKind(kind).values(), ({ object }) => object as Kinds[K]).reverse();
    },
    isEmpty: () => last === 0,
    put(object) {
      const order = ofKind(object.object).get(object.id)?.order ?? ++last;
      set(object.object, object.id, { order, object });
      return object;
    },
    delete: (kind, id) => set(kind, id, undefined),
    transaction(work) {
      if (before !== undefined) return work();
      const touched: Touched = new Map();
      before = touched;
      try {
        const result = work();
        write(touched);
        return result;
      } catch (error) {
        for (const { kind, id, entry } of touched.values()) set(kind, id, entry);
        throw error;
      } finally {
        before = undefined;
      }
    },
  };
}
