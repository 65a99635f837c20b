import type { LocalEnvironment } from '../model.ts';
import type { IdempotencyTokens } from './idempotency-tokens.ts';
import type { ItemStore } from './item-store.ts';
import type { Parameters } from './parameters.ts';
import type { Table } from './table.ts';
import type { WritePath } from './write-path.ts';

/** What the operations work with. */
export interface Parts {
  readonly store: ItemStore;
  readonly writes: WritePath;
  readonly tokens: IdempotencyTokens;
  readonly tables: readonly Table[];
  readonly environment: LocalEnvironment;
  /** Milliseconds since the epoch, on the real clock: when the tables came into being. */
  readonly createdAt: number;
}

/** What the caller of a request may do. */
export interface Access {
  /**
   * Checks that the caller may act on a table (or on one of its indexes), then that there is such a table: whoever may
   * not see it does not learn whether it exists.
   * @param about where the call is about single items: the parameters that hold their `Key` or `Item`; policies may
   *   depend on its partition key (`dynamodb:LeadingKeys`)
   * @throws AwsError AccessDeniedException or ResourceNotFoundException
   */
  toTable(
    action: string,
    tableName: string,
    about?: { readonly index?: string | undefined; readonly item?: Parameters },
  ): Table;
  /** For what concerns no table in particular. @throws AwsError AccessDeniedException */
  toAccount(action: string): void;
}

/** One operation of the API: the parsed body of a request in, the body of the answer out; throws AwsError. */
export type Handler = (parts: Parts, body: unknown, access: Access) => Promise<Record<string, unknown>>;
