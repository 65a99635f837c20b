import { createHash } from 'node:crypto';
import type { StoredAnswer } from '../model.ts';
import type { Store } from '../store.ts';
import { ApiError, invalid } from './error.ts';
import { canonicalForm, type Form } from './form.ts';

const keptMilliseconds = 86_400_000;

/** The answers to requests with an `Idempotency-Key`, kept for 24 hours of the clock. */
export interface Answers {
  /**
   * Takes the key for one request. @returns the answer that it had before, if any
   * @throws ApiError where the key belongs to another request, or one with it is under way
   */
  begin(key: string, endpoint: string, parameters: Form): StoredAnswer | undefined;
  /** Keeps the answer; within a transaction. */
  keep(
    key: string,
    endpoint: string,
    parameters: Form,
    answer: Pick<StoredAnswer, 'status' | 'body' | 'requestId'>,
  ): void;
  /** The request is over. */
  end(key: string): void;
}

/** @param now milliseconds of the clock */
export function createAnswers(store: Store, now: () => number): Answers {
  const underway = new Set<string>();
  const isKept = ({ at }: StoredAnswer) => now() - at < keptMilliseconds;
  return {
    begin(key, endpoint, parameters) {
      if (key.length > 255) throw invalid('Idempotency keys may only be up to 255 characters long.');
      const found = store.get('local.answer', key);
      const known = found !== undefined && isKept(found) ? found : undefined;
      if (known !== undefined && known.endpoint !== endpoint) {
        throw mismatch(
          `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${known.endpoint}').`,
          key,
        );
      }
      if (known !== undefined && known.parameters !== digest(parameters)) {
        throw mismatch(
          'Keys for idempotent requests can only be used with the same parameters they were first used with.',
          key,
        );
      }
      if (underway.has(key)) {
        throw new ApiError(409, {
          type: 'idempotency_error',
          code: 'idempotency_key_in_use',
          message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        });
      }
      if (known === undefined) underway.add(key);
      return known;
    },
    keep(key, endpoint, parameters, answer) {
      for (const old of store.list('local.answer')) if (!isKept(old)) store.delete('local.answer', old.id);
      store.put({
        id: key,
        object: 'local.answer',
        at: now(),
        endpoint,
        parameters: digest(parameters),
        ...answer,
      });
    },
    end: (key) => void underway.delete(key),
  };
}

function mismatch(why: string, key: string): ApiError {
  return new ApiError(400, {
    type: 'idempotency_error',
    message: `${why} Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

/** Parameters hold e-mail addresses and such, which a lasting copy need not. */
function digest(parameters: Form): string {
  return createHash('sha256').update(canonicalForm(parameters)).digest('hex');
}
