import { type Period, secondsToReset } from './period.ts';

/**
 * The rate-limit headers of draft-ietf-httpapi-ratelimit-headers: lists (RFC 9651) of quoted policy names with their
 * parameters. There is one policy, `month`.
 */

/** `RateLimit-Policy`: q is the quota in requests, w the window in seconds (this month's length). */
export function rateLimitPolicy(quota: number, period: Period): string {
  return `"month";q=${quota};w=${(period.endsAt - period.startsAt) / 1000}`;
}

/** `RateLimit`: r is the number of requests that remain, t the seconds until the count begins anew. */
export function rateLimit(remaining: number, period: Period, at: number): string {
  return `"month";r=${Math.max(0, remaining)};t=${secondsToReset(period, at)}`;
}
