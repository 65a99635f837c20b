import { type AlertKind, isAboutMonth, type Signal } from './signal.ts';

/**
 * What is told of a subscription as a whole: its quota, and what only the sum of its keys shows. Where it has but one key
 * that is in use, or one of its keys shows the same, the key's alert tells it.
 * @param shownByKeys kinds of which a key of it has an incident, or had one at the last look
 */
export function ofSubscription(
  signals: readonly Signal[],
  { activeKeys, shownByKeys }: { readonly activeKeys: number; readonly shownByKeys: ReadonlySet<AlertKind> },
): Signal[] {
  return signals.filter(({ kind }) => {
    if (isAboutMonth(kind)) return true;
    if (kind !== 'surge' && kind !== 'silence') return false;
    return activeKeys > 1 && !shownByKeys.has(kind);
  });
}

/** What is told of requests that belong to no key: that they were refused. */
export function ofApi(signals: readonly Signal[]): Signal[] {
  return signals.filter(({ kind }) => kind === 'refusals');
}

/** The kinds that incidents (`surge/`, `refusals/429`) are of. */
export function kindsOf(
  ...incidents: readonly (Readonly<Record<string, unknown>> | undefined)[]
): Set<AlertKind> {
  const names = incidents.flatMap((some) => Object.keys(some ?? {}));
  return new Set(names.map((name) => name.split('/', 1)[0] as AlertKind));
}
