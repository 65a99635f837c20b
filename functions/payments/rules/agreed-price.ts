/** What is paid for the tier every so often. */
export interface Price {
  /** In the currency's smallest unit: 4900 is 49 dollars. */
  readonly amount: number;
  /** ISO 4217, lower case. */
  readonly currency: string;
  /** `month`, each one. */
  readonly interval: string;
}

/** What a checkout writes on the subscription at Stripe that comes of it: whose it is, what for, and at what price. */
export function metadataOf(
  { subscriptionId, tier }: { readonly subscriptionId: string; readonly tier: string },
  price: Price,
): Readonly<Record<'subscriptionId' | 'tier' | 'price', string>> {
  return { subscriptionId, tier, price: priceTag(price) };
}

function priceTag({ amount, currency, interval }: Price): string {
  return `${amount} ${currency}/${interval}`;
}

/**
 * Whether a subscription of Stripe's is what its checkout said: one, of one thing, at that price. On Stripe's pages a plan or a
 * quantity may be switched, where an operator lets people do so.
 */
export function isAsAgreed({
  price,
  metadata,
}: {
  readonly price?: (Price & { readonly quantity: number }) | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}): boolean {
  return price !== undefined && price.quantity === 1 && metadata['price'] === priceTag(price);
}
