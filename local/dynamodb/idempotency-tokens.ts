import { createHash } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import { canonical } from './attribute-value.ts';
import type { BatchOperation } from './dynalite.ts';
import { type ItemStore, recordKey } from './item-store.ts';

/** Which transactions were carried out in the last ten minutes of the clock, by the token of their client. */
export interface IdempotencyTokens {
  /**
   * Whether this very request was carried out already.
   * @throws AwsError IdempotentParameterMismatchException if the token stood for another request
   */
  isRepeated(token: string, request: unknown): Promise<boolean>;
  /** What to commit together with the transaction: its token, and the removal of tokens that are over. */
  records(token: string, request: unknown): readonly BatchOperation[];
}

interface Used {
  readonly digest: string;
  /** Milliseconds since the epoch, on the clock. */
  readonly at: number;
}

const lifetime = 10 * 60_000;
const prefix = 'token~';

export async function openIdempotencyTokens(store: ItemStore, clock: Clock): Promise<IdempotencyTokens> {
  // In order of use, so that the first one that is still alive ends a search for those that are over.
  const stored: [name: string, at: number][] = [];
  for await (const [name, { at }] of store.records<Used>(prefix)) stored.push([name, at]);
  const known = new Map(stored.sort(([, a], [, b]) => a - b));

  function* expired() {
    for (const [name, at] of known) {
      if (clock.now() - at < lifetime) return;
      known.delete(name);
      yield name;
    }
  }

  return {
    async isRepeated(token, request) {
      const used = await store.getRecord<Used>(prefix + token);
      if (used === undefined || clock.now() - used.at >= lifetime) return false;
      if (used.digest === digestOf(request)) return true;
      throw new AwsError(
        'IdempotentParameterMismatchException',
        'Transaction request with the same client request token but different parameters was already made',
      );
    },
    records(token, request) {
      const name = prefix + token;
      const value: Used = { digest: digestOf(request), at: clock.now() };
      const removals = [...expired()].map((old) => ({ type: 'del', key: recordKey(old) }) as const);
      known.set(name, value.at);
      return [...removals, { type: 'put', key: recordKey(name), value }];
    },
  };
}

function digestOf(request: unknown): string {
  return createHash('sha256').update(canonical(request)).digest('base64');
}
