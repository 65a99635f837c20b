/** Arithmetic on times in ISO 8601, UTC. */
export const hour = 3_600_000;
export const day = 24 * hour;

export function later(iso: string, milliseconds: number): string {
  return new Date(Date.parse(iso) + milliseconds).toISOString();
}

export function earliest(a: string, b: string | undefined): string {
  return b !== undefined && Date.parse(b) < Date.parse(a) ? b : a;
}

export function latest(a: string, b: string): string {
  return Date.parse(b) > Date.parse(a) ? b : a;
}

export function isPast(iso: string, now: Date): boolean {
  return Date.parse(iso) <= now.getTime();
}
