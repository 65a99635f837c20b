import { formatDuration } from './formats.ts';

/**
 * What a claim link opens, as its reader sees it: which state the page shows after which answer of the API. The link's
 * token, and the secret of the state `key`, are nobody's but the page's.
 */
export type ClaimView =
  /** The link can be opened: nothing has been asked of anybody yet. */
  | { readonly name: 'ready' }
  | { readonly name: 'key'; readonly apiKey: string }
  /** It is kept nowhere any more but where its owner stored it. */
  | { readonly name: 'stored' }
  | { readonly name: 'opened'; readonly openedAt?: string }
  | { readonly name: 'confirm'; readonly opened: ClaimView & { readonly name: 'opened' } }
  | { readonly name: 'disputed' }
  | { readonly name: 'expired'; readonly expiredAt?: string }
  | { readonly name: 'renewed' }
  | { readonly name: 'replaced' }
  | { readonly name: 'revoked' }
  /** The address held a part of a link. */
  | { readonly name: 'garbled' }
  /** The address holds no link: this page has been loaded anew, or opened without one. */
  | { readonly name: 'empty' }
  | {
      readonly name: 'failure';
      readonly act: ClaimAct;
      readonly failure: string;
      readonly reassurance: string;
      readonly requestId?: string;
    };

/** Show the key; "I have stored it"; "that was not me"; mail me another link. */
export type ClaimAct = 'claim' | 'store' | 'dispute' | 'renew';

export interface ClaimOutcome {
  /** 0 where no answer came. */
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

/** `keyId.version.linkNo.mac`. @param fragment without its `#` */
export function firstView(fragment: string): ClaimView {
  if (fragment === '') return { name: 'empty' };
  return { name: /^[\w-]+\.\d+\.\d+\.[\w-]+$/.test(fragment) ? 'ready' : 'garbled' };
}

export function viewAfter(act: ClaimAct, outcome: ClaimOutcome): ClaimView {
  const { status, answer } = outcome;
  if (status === 400 || status === 404) return { name: 'garbled' };
  if (act === 'store' && status === 202) return { name: 'stored' };
  if (act === 'dispute' && status === 202) return { name: 'disputed' };
  if (act === 'renew' && status === 202) return { name: 'renewed' };
  if (act === 'claim' && status === 200 && typeof answer['apiKey'] === 'string') {
    return { name: 'key', apiKey: answer['apiKey'] };
  }
  if (act === 'claim' && status === 410) {
    const { reason } = answer;
    if (reason === 'opened') return { name: 'opened', ...time('openedAt', answer['openedAt']) };
    if (reason === 'expired') return { name: 'expired', ...time('expiredAt', answer['expiredAt']) };
    if (reason === 'replaced' || reason === 'revoked') return { name: reason };
  }
  return { name: 'failure', act, ...explain(act, outcome) };
}

function explain(act: ClaimAct, { status, answer, retryAfterSeconds }: ClaimOutcome) {
  const wait =
    retryAfterSeconds === undefined
      ? ''
      : ` Please wait ${formatDuration(retryAfterSeconds)} before you try again.`;
  const requestId = text(answer['requestId']);
  return {
    failure: failureOf(status, answer) + wait,
    reassurance: reassurances[act],
    ...(requestId === undefined ? {} : { requestId }),
  };
}

const reassurances: Readonly<Record<ClaimAct, string>> = {
  claim:
    'Nothing is lost: try again on this page, and it shows your key if the link was still good when you opened it.',
  store:
    'The key that you stored works. What is kept of it here for you ends by itself within ten minutes; try again to end it now.',
  dispute: 'It does no harm to try again.',
  renew: 'It does no harm to try again.',
};

function failureOf(status: number, answer: ClaimOutcome['answer']): string {
  if (status === 0) return 'The service could not be reached. Check your connection to the internet.';
  if (status === 429) return 'There were too many tries at once.';
  if (status >= 500 || status === 200 || status === 202) {
    return 'The service did not answer as it should. This is a fault of ours.';
  }
  return (
    text(answer['detail']) ??
    text(answer['title']) ??
    'The service gave an answer that this page does not know.'
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function time<Name extends string>(name: Name, value: unknown): { [Key in Name]?: string } {
  const isTime = typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return (isTime ? { [name]: value } : {}) as { [Key in Name]?: string };
}
