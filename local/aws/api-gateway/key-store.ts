import type { State } from '../../state.ts';
import type { UsageKeyRegistry } from '../../usage.ts';

/** An API key as it is kept. Times are seconds since the epoch. */
export interface ApiKey {
  readonly id: string;
  readonly value: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface KeyStore extends UsageKeyRegistry {
  readonly size: number;
  get(keyId: string): ApiKey | undefined;
  /** All keys in the order of their ids. */
  all(): ApiKey[];
  /** Adds the key or replaces the one with its id; a key's value never changes. */
  put(key: ApiKey): void;
  /** Takes the key off its plans too. */
  remove(key: ApiKey): void;
  attach(planId: string, keyId: string): void;
  detach(planId: string, keyId: string): void;
  /** Ids of the keys that are attached to a plan, in order. */
  keysOf(planId: string): string[];
}

/** Kept in `state`, answered from memory: the gateway asks on each request. */
export function openKeyStore(state: State): KeyStore {
  const keys = state.map<ApiKey>('api-gateway-keys');
  const links = state.map<true>('api-gateway-plan-keys'); // `<plan id>/<key id>`
  const byId = new Map<string, ApiKey>();
  const byValue = new Map<string, ApiKey>();
  const plans = new Map<string, readonly string[]>(); // by key id

  const remember = (key: ApiKey) => {
    byId.set(key.id, key);
    byValue.set(key.value, key);
  };
  const plansOf = (keyId: string) => plans.get(keyId) ?? [];
  for (const [, key] of keys.entries()) remember(key);
  for (const [link] of links.entries()) {
    const [planId = '', keyId = ''] = link.split('/');
    plans.set(keyId, [...plansOf(keyId), planId]);
  }

  return {
    get size() {
      return byId.size;
    },
    findByValue: (value) => byValue.get(value),
    plansOf,
    get: (keyId) => byId.get(keyId),
    all: () => [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    put(key) {
      keys.put(key.id, key);
      remember(key);
    },
    remove(key) {
      state.atomically(() => {
        for (const planId of plansOf(key.id)) links.delete(`${planId}/${key.id}`);
        keys.delete(key.id);
      });
      plans.delete(key.id);
      byId.delete(key.id);
      byValue.delete(key.value);
    },
    attach(planId, keyId) {
      links.put(`${planId}/${keyId}`, true);
      plans.set(keyId, [...plansOf(keyId), planId]);
    },
    detach(planId, keyId) {
      links.delete(`${planId}/${keyId}`);
      plans.set(
        keyId,
        plansOf(keyId).filter((id) => id !== planId),
      );
    },
    keysOf: (planId) => links.entries(`${planId}/`).map(([link]) => link.slice(planId.length + 1)),
  };
}
