import type { TierName, TierOffer } from '../api/types.ts';
import { formatMoney } from './formats.ts';

const titles: Readonly<Record<TierName, string>> = { free: 'Free', pro: 'Pro', enterprise: 'Enterprise' };
export const tierTitle = (tier: TierName): string => titles[tier];

/** `US$49 a month`, `By contract`. */
export function tierPrice({ pricePerMonth }: Pick<TierOffer, 'pricePerMonth'>): string {
  return pricePerMonth === undefined ? 'By contract' : `${formatMoney(pricePerMonth)} a month`;
}
