import { z } from 'zod';
import { badRequest } from './errors.ts';

/** Query parameters of every list. */
export const pageParameters = {
  limit: z.coerce.number().int().min(1).max(500).default(25),
  position: z.string().optional(),
};

export interface Page<T> {
  readonly items: T[];
  /** Where the next page begins; absent on the last one. */
  readonly position: string | undefined;
}

/**
 * One page of a list that is sorted by id. The position names the last id of the page before, so that keys which come
 * and go meanwhile neither repeat nor hide others.
 */
export function pageOf<T>(
  sorted: readonly T[],
  idOf: (item: T) => string,
  { limit, position }: { limit: number; position?: string | undefined },
): Page<T> {
  const after = position === undefined ? '' : decode(position);
  const rest = sorted.filter((item) => idOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    position: rest.length > limit && last !== undefined ? encode(idOf(last)) : undefined,
  };
}

function encode(id: string): string {
  return Buffer.from(id, 'utf8').toString('base64url');
}

function decode(position: string): string {
  const id = Buffer.from(position, 'base64url').toString('utf8');
  if (id === '' || encode(id) !== position) throw badRequest('Invalid position parameter');
  return id;
}
