import type { Config } from '../config.ts';

/** The environment of functions that answer over HTTP (`productEnvironment`). */
export function productOf({ product }: Pick<Config, 'product'>) {
  return { DOCUMENTATION_URL: product.documentationUrl, SUPPORT_ADDRESS: product.supportAddress };
}
