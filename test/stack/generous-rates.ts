/** No rate stands in a test's way unless it is about rates. */
export const generousRates = {
  tiers: {
    free: { ratePerSecond: 10_000, burst: 5_000 },
    pro: { ratePerSecond: 10_000, burst: 5_000 },
    enterprise: { ratePerSecond: 10_000, burst: 5_000 },
  },
};
