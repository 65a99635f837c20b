import type { Mean } from './model.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/**
 * Whether so much time has passed. Looks begin some seconds or minutes past the hour, one later than the next: the few by
 * which full hours fall short shall not make an hour more.
 */
export const hasPassed = (milliseconds: number, wanted: number): boolean =>
  milliseconds >= wanted - hour / 12;

/** Fewer digits in the stored JSON; what is lost is far below what any rule looks at. */
export const rounded = (value: number, decimals = 4): number => {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
};

/** What is left after `hours` of something that fades to a half in `halfLife` hours. */
export const faded = (value: number, hours: number, halfLife: number): number =>
  value * 2 ** (-hours / halfLife);

/** Adds to a mean that forgets within about `memory` hours, of which `hours` have passed. */
export function add(mean: Mean, sum: number, weight: number, hours: number, memory: number): void {
  const kept = Math.exp(-hours / memory);
  mean.sum = rounded(mean.sum * kept + sum, 6);
  mean.weight = rounded(mean.weight * kept + weight, 6);
}

export const meanOf = ({ sum, weight }: Readonly<Mean>): number => (weight > 1e-6 ? sum / weight : 0);
