import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import type { SecretId } from '../rules/key-state.ts';

interface SecretsInHand {
  readonly ids: readonly SecretId[];
  readonly take: (id: SecretId) => void;
  readonly giveBack: (id: SecretId) => void;
}

const SecretsInHandContext = createContext<SecretsInHand>({ ids: [], take: () => {}, giveBack: () => {} });

/** Secrets that this page shows, or that were stored from it: by their ids, never the secrets themselves. */
export const useSecretsInHand = (): SecretsInHand => useContext(SecretsInHandContext);

export function SecretsInHandProvider({ children }: { readonly children: ReactNode }) {
  const [ids, setIds] = useState<readonly SecretId[]>([]);
  const take = useCallback((id: SecretId) => setIds((before) => [...before, id]), []);
  const giveBack = useCallback(
    ({ keyId, version }: SecretId) =>
      setIds((before) => before.filter((each) => each.keyId !== keyId || each.version !== version)),
    [],
  );
  const value = useMemo(() => ({ ids, take, giveBack }), [ids, take, giveBack]);
  return <SecretsInHandContext value={value}>{children}</SecretsInHandContext>;
}
