/** The headers of draft-ietf-httpapi-ratelimit-headers, as the API sends them: one policy, `month`. */
export interface RateLimitStatus {
  /** Requests that the window allows. */
  readonly quota: number;
  /** The window in seconds. */
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Seconds until the count begins anew. */
  readonly resetSeconds: number;
}

/** Undefined where a header is absent or tells something else. */
export function parseRateLimit(policy: string | null, status: string | null): RateLimitStatus | undefined {
  const [quota, windowSeconds] = [parameter(policy, 'q'), parameter(policy, 'w')];
  const [remaining, resetSeconds] = [parameter(status, 'r'), parameter(status, 't')];
  if (quota === undefined || windowSeconds === undefined) return undefined;
  if (remaining === undefined || resetSeconds === undefined) return undefined;
  return { quota, windowSeconds, remaining, resetSeconds };
}

function parameter(header: string | null, name: string): number | undefined {
  const [first = ''] = (header ?? '').split(',');
  const found = new RegExp(`;\\s*${name}=(\\d+)(?=\\s*(;|$))`).exec(first)?.[1];
  return found === undefined ? undefined : Number(found);
}
