import type { Config } from '../config.ts';

/** The environment of functions that answer over HTTP (`productEnvironment`). */
export function productOf({ product }: Pick<Config, 'product'>) {
  return {
    DOCUMENTATION_URL: product.documentationUrl,
    STATUS_URL: product.statusUrl,
    SUPPORT_ADDRESS: product.supportAddress,
  };
}
