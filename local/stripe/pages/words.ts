import type { Subscription } from '../model.ts';

/** Digits of a currency behind the point: 2 for dollars, none for yen. */
export function digitsOf(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** `$29.00`, of an amount in the currency's smallest unit. */
export function money(amount: number | null, currency: string): string {
  const value = (amount ?? 0) / 10 ** digitsOf(currency);
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(value);
}

/** `per month`, `every 3 months` */
export function every(
  recurring: { readonly interval: string; readonly interval_count: number } | null,
): string {
  const { interval = 'month', interval_count: count = 1 } = recurring ?? {};
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}

/** `2027-01-31 10:00 UTC`, of seconds. */
export function time(seconds: number | null): string {
  return seconds === null
    ? 'never'
    : `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `$29.00 per month`, of all items together. */
export function priceOf({ items, currency }: Subscription): string {
  const total = items.data.reduce(
    (sum, { price, quantity = 1 }) => sum + (price.unit_amount ?? 0) * quantity,
    0,
  );
  return `${money(total, currency)} ${every(items.data[0]?.price.recurring ?? null)}`;
}
