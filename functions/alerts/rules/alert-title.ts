import type { Signal } from './signal.ts';

/**
 * What is unusual, in a few words: the same ones to owners and admins, in mails and messages. It begins no sentence, and is
 * ASCII. The dashboard, which takes no code from here, has the same list; a test compares the two.
 */
export function alertTitle({ kind, of }: Pick<Signal, 'kind' | 'of'>): string {
  switch (kind) {
    case 'surge':
      return 'many more requests than usual';
    case 'silence':
      return 'no requests any more';
    case 'woke-up':
      return 'in use again after a long time';
    case 'refusals':
      return ofRefusals(of);
    case 'new-network':
      return 'requests from a new network';
    case 'quota-threshold':
      return ofThreshold(of);
    case 'quota-forecast':
      return "the month's requests will not last";
  }
}

function ofRefusals(status: string): string {
  if (status === '401') return 'many requests with a wrong or old secret';
  if (status === '429') return 'many requests over the limit';
  return 'many requests that were not permitted';
}

/** `2026-11/80` */
function ofThreshold(of: string): string {
  const percent = /\/(\d{1,3})$/.exec(of)?.[1];
  if (percent === undefined) return "a large part of the month's requests is used";
  return percent === '100'
    ? "the month's requests are used up"
    : `${percent} % of the month's requests are used`;
}
