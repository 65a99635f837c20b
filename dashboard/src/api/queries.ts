import { QueryClient, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { withInHand } from '../rules/key-state.ts';
import type { Api } from './client.ts';
import { useSecretsInHand } from './secrets-in-hand.tsx';

/**
 * What the API tells of the account, kept for as long as it is fresh enough to be shown. Secrets of keys never pass here:
 * whatever makes one goes through `useAction`, and stays in the state of the component that shows it.
 */

export const ApiContext = createContext<Api | undefined>(undefined);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (api === undefined) throw new Error('there is no API around this component');
  return api;
}

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The client itself tries again what may pass.
      queries: { retry: false, staleTime: 20_000, gcTime: 10 * 60_000, networkMode: 'always' },
    },
  });
}

const keysOf = {
  account: ['account'],
  keys: ['keys'],
  key: (keyId: string) => ['keys', keyId],
  usage: (period?: string) => ['usage', period ?? 'now'],
  openAlerts: ['alerts', 'open'],
  alerts: ['alerts', 'all'],
  alert: (alertId: string) => ['alerts', 'one', alertId],
  audit: (keyId?: string) => ['audit', keyId ?? 'all'],
} as const;

export function useAccount() {
  const api = useApi();
  return useQuery({ queryKey: keysOf.account, queryFn: ({ signal }) => api.account(signal) });
}

export function useKeys() {
  const api = useApi();
  const { ids } = useSecretsInHand();
  return useQuery({
    queryKey: keysOf.keys,
    queryFn: ({ signal }) => api.keys(signal),
    select: (keys) => keys.map((key) => withInHand(key, ids)),
  });
}

export function useKey(keyId: string) {
  const api = useApi();
  const { ids } = useSecretsInHand();
  return useQuery({
    queryKey: keysOf.key(keyId),
    queryFn: ({ signal }) => api.key(keyId, signal),
    select: (key) => withInHand(key, ids),
  });
}

/** @param period such as `2026-11`; absent: the present month, with what the rate-limit headers say */
export function useUsage(period?: string) {
  const api = useApi();
  return useQuery({ queryKey: keysOf.usage(period), queryFn: ({ signal }) => api.usage(period, signal) });
}

/** @param keyId only what happened to this key; absent: all */
export function useAudit(keyId?: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: keysOf.audit(keyId),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      api.audit(
        {
          limit: 25,
          ...(keyId === undefined ? {} : { keyId }),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      ),
    getNextPageParam: ({ cursor }) => cursor,
  });
}

/** What is unusual now, newest first. */
export function useOpenAlerts() {
  const api = useApi();
  return useQuery({ queryKey: keysOf.openAlerts, queryFn: ({ signal }) => api.openAlerts(signal) });
}

/**
 * What was unusual at any time, newest first, page by page.
 * @param enabled whether it is needed at all
 */
export function useAlerts(enabled = true) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: keysOf.alerts,
    enabled,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => api.alerts({ status: 'all', limit: 25, cursor: pageParam }, signal),
    getNextPageParam: ({ cursor }) => cursor,
  });
}

/** One alert; null where the account has none of this id. */
export function useAlert(alertId: string) {
  const api = useApi();
  return useQuery({
    queryKey: keysOf.alert(alertId),
    queryFn: ({ signal }) => api.alert(alertId, signal),
  });
}

/** After a change: everything is asked for anew, and what is shown stays until the answer is there. */
export function useRefresh(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries();
}
