import { randomUUID } from 'node:crypto';
import type { State, StateMap } from '../state.ts';
import type { PasswordHash } from './password-hash.ts';

export interface User {
  readonly sub: string;
  /** As it was typed. */
  readonly email: string;
  readonly password: PasswordHash;
  /** Milliseconds since the epoch, on the moved clock. */
  readonly createdAt: number;
}

/** The users of a pool. An address is one user's, whatever its case. */
export interface UserStore {
  bySub(sub: string): User | undefined;
  byAddress(email: string): User | undefined;
  /** @returns undefined when the address is somebody's by now */
  add(user: { email: string; password: PasswordHash; createdAt: number }): User | undefined;
  setPassword(sub: string, password: PasswordHash): void;
  /** By sub or address, with all that was granted. @returns false when there is no such user */
  delete(username: string): boolean;
}

/** What the OpenID provider keeps, by model and id; see `worker/state-adapter.ts`. */
export interface KeptModel {
  readonly payload: { readonly accountId?: unknown; readonly session?: { readonly accountId?: unknown } };
}

export function modelsIn(state: State): StateMap<KeptModel> {
  return state.map('models');
}

/** @param state may be open in two threads: each change is one transaction */
export function openUserStore(state: State): UserStore {
  const users = state.map<User>('users');
  const addresses = state.map<string>('addresses');
  const models = modelsIn(state);

  const byAddress = (email: string) => users.get(addresses.get(normalised(email)) ?? '');

  return {
    bySub: (sub) => users.get(sub),
    byAddress,
    add: (user) =>
      state.atomically(() => {
        if (byAddress(user.email) !== undefined) return undefined;
        const added = { ...user, sub: randomUUID() };
        users.put(added.sub, added);
        addresses.put(normalised(user.email), added.sub);
        return added;
      }),
    setPassword: (sub, password) =>
      state.atomically(() => {
        const user = users.get(sub);
        if (user !== undefined) users.put(sub, { ...user, password });
      }),
    delete: (username) =>
      state.atomically(() => {
        const user = users.get(username) ?? byAddress(username);
        if (user === undefined) return false;
        users.delete(user.sub);
        addresses.delete(normalised(user.email));
        for (const [id, { payload }] of models.entries()) {
          if (payload.accountId === user.sub || payload.session?.accountId === user.sub) models.delete(id);
        }
        return true;
      }),
  };
}

/** The form in which addresses are compared. */
export function normalised(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
