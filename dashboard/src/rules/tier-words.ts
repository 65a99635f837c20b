import type { TierOffer } from '../api/types.ts';
import { formatMoney } from './formats.ts';

/** `Pro` of `pro`. */
export const tierTitle = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `US$49 a month`, `By contract`. */
export function tierPrice({ pricePerMonth }: Pick<TierOffer, 'pricePerMonth'>): string {
  return pricePerMonth === undefined ? 'By contract' : `${formatMoney(pricePerMonth)} a month`;
}
