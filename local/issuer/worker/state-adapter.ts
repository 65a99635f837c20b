import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { State } from '../../state.ts';

interface Kept {
  readonly payload: AdapterPayload;
  /** Seconds since the epoch; absent: never. */
  readonly expiresAt?: number;
}

const seconds = () => Math.floor(Date.now() / 1000);

/**
 * Keeps what the OpenID provider grants in the state file, so that a restart forgets no session, code or refresh token.
 * What is expired is found all the same: the provider looks at `exp` itself.
 * @param graceSeconds for how long a refresh token that was used counts as unused
 */
export function stateAdapter(state: State, graceSeconds: number): AdapterFactory {
  const models = state.map<Kept>('models');
  for (const [id, { expiresAt }] of models.entries()) {
    if (expiresAt !== undefined && expiresAt < seconds()) models.delete(id);
  }

  return (model): Adapter => {
    const keyOf = (id: string) => `${model}:${id}`;
    const all = () => models.entries(`${model}:`);
    const found = (matches: (payload: AdapterPayload) => boolean) =>
      all().find(([, { payload }]) => matches(payload))?.[1].payload;

    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn === undefined ? {} : { expiresAt: seconds() + expiresIn };
        models.put(keyOf(id), { payload, ...expiresAt });
      },
      find: async (id) => {
        const payload = models.get(keyOf(id))?.payload;
        if (model !== 'RefreshToken' || typeof payload?.consumed !== 'number') return payload;
        const { consumed, ...unused } = payload;
        return seconds() - consumed < graceSeconds ? unused : payload;
      },
      findByUid: async (uid) => found((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => found((payload) => payload.userCode === userCode),
      consume: async (id) => {
        const kept = models.get(keyOf(id));
        if (kept === undefined) return;
        // The first use counts, or a token could be used for ever, each time within the grace of the last.
        const consumed = kept.payload.consumed ?? seconds();
        models.put(keyOf(id), { ...kept, payload: { ...kept.payload, consumed } });
      },
      destroy: async (id) => models.delete(keyOf(id)),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of all()) if (payload.grantId === grantId) models.delete(key);
      },
    };
  };
}
