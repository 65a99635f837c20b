import type { Account } from '../account.ts';
import type { Kind, Kinds } from '../model.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { missing } from './error.ts';
import { type Input, integer, type Shape, text } from './parameters.ts';

const paging = { limit: integer(1, 100), starting_after: text(), ending_before: text() };

/** A list as the API nests it in an object. */
export function nestedList<T>(url: string, data: T[]) {
  return { object: 'list' as const, data, has_more: false, url };
}

/** `GET path`: objects of a kind that match the parameters, the newest first, page by page. */
export function listEndpoint<K extends Kind, const S extends Shape>(
  path: string,
  kind: K,
  shape: S,
  matches: (object: Kinds[K], input: Input<S>, account: Account) => boolean,
): Endpoint {
  return endpoint('GET', path, { ...shape, ...paging }, (input, account) => {
    const { limit = 10, starting_after, ending_before } = input as Input<typeof paging>;
    const found = account.store.list(kind).filter((entry) => matches(entry, input as Input<S>, account));
    const place = (id: string, parameter: string) => {
      const index = found.findIndex((entry) => entry.id === id);
      if (index < 0) throw missing(kind.replaceAll('_', ' '), id, parameter);
      return index;
    };
    const before = ending_before === undefined ? undefined : place(ending_before, 'ending_before');
    const first =
      starting_after === undefined
        ? Math.max(0, (before ?? 0) - limit)
        : place(starting_after, 'starting_after') + 1;
    const end = Math.min(first + limit, before ?? found.length);
    const has_more = before === undefined ? end < found.length : first > 0;
    return { object: 'list', data: found.slice(first, end), has_more, url: path };
  });
}

/** `GET path/:id` */
export function retrieveEndpoint(path: string, kind: Kind, name = kind.replaceAll('_', ' ')): Endpoint {
  return endpoint('GET', `${path}/:id`, {}, (_input, { store }, id) => {
    const found = store.get(kind, id);
    if (found === undefined) throw missing(name, id);
    return found;
  });
}
