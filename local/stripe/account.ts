import type { Clock } from '../clock.ts';
import { apiVersion } from './api-version.ts';
import { newId } from './ids.ts';
import type { Cause, EventType, Kind, Kinds } from './model.ts';
import type { Store } from './store.ts';

/** The one account of the stand-in: its objects, its time and its events. */
export interface Account {
  readonly store: Store;
  /** Where the stand-in is reached, without a slash at the end. */
  url(): string;
  /**
   * Seconds since the epoch: of the clock, or the due time of what is being made up for, so that a jump of the clock
   * leaves each object with the time at which it would have come about.
   */
  now(): number;
  /** Records an event that tells of the object as it is, and queues it for the webhook. */
  emit(type: EventType, object: object, previous?: Readonly<Record<string, unknown>>): void;
  /** Puts the object anew with the changes; where any differs, an event tells of it with the former values. */
  change<O extends Kinds[Kind]>(type: EventType, object: O, changes: Partial<O>): O;
  /** Runs `work` so that what it does is kept with its events, or not at all. @throws what `work` throws */
  act<T>(work: () => T, options?: { readonly at?: number; readonly cause?: Cause }): T;
}

const nobody: Cause = { id: null, idempotency_key: null };

/** @param committed called with the ids of the events of each `act` that had any */
export function createAccount(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly url: () => string;
  readonly committed: (eventIds: readonly string[]) => void;
}): Account {
  const { store, clock, url, committed } = options;
  let acting:
    | { readonly at: number | undefined; readonly cause: Cause; readonly events: string[] }
    | undefined;
  const now = () => acting?.at ?? Math.floor(clock.now() / 1000);

  function emit(type: EventType, object: object, previous?: Readonly<Record<string, unknown>>): void {
    const id = newId('evt');
    store.put({
      id,
      object: 'event',
      api_version: apiVersion,
      created: now(),
      data: previous === undefined ? { object } : { object, previous_attributes: previous },
      livemode: false,
      pending_webhooks: 1,
      request: acting?.cause ?? nobody,
      type,
    });
    const at = clock.now();
    store.put({
      id,
      object: 'local.delivery',
      state: 'pending',
      since: at,
      next: at,
      attempts: 0,
      log: [],
    });
    acting?.events.push(id);
  }

  return {
    store,
    url,
    now,
    emit,
    change(type, object, changes) {
      const former = new Map(Object.entries(object));
      const previous = Object.entries(changes).flatMap(([key, value]): [string, unknown][] => {
        const was: unknown = former.get(key) ?? null;
        return JSON.stringify(was) === JSON.stringify(value) ? [] : [[key, was]];
      });
      if (previous.length === 0) return object;
      const changed = store.put({ ...object, ...changes });
      emit(type, changed, Object.fromEntries(previous));
      return changed;
    },
    act(work, { at, cause = nobody } = {}) {
      if (acting !== undefined) throw new Error('an act within an act would be kept without the whole');
      const events: string[] = [];
      acting = { at, cause, events };
      try {
        return store.transaction(work);
      } catch (error) {
        events.length = 0;
        throw error;
      } finally {
        acting = undefined;
        if (events.length > 0) committed(events);
      }
    },
  };
}
