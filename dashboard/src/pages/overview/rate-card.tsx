import { useUsage } from '../../api/queries.ts';
import type { Account } from '../../api/types.ts';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { formatCount, formatDuration, formatNumber } from '../../rules/formats.ts';

/** The rate-limit status as the API's own headers tell it, and how fast requests may come. */
export function RateCard({ account: { ratePerSecond, burst, usage: month } }: { readonly account: Account }) {
  const usage = useUsage();
  return (
    <Card title="Rate limit">
      <Loaded query={usage} what="the rate limit" skeleton={<Skeleton lines={4} />}>
        {({ rateLimit }) => (
          <>
            <Facts>
              <Fact name="Sustained rate">{formatCount(ratePerSecond, 'request')} a second</Fact>
              <Fact name="At once">up to {formatCount(burst, 'request')}</Fact>
            </Facts>
            {rateLimit !== undefined && (
              <dl className="headers">
                <div>
                  <dt>
                    <code translate="no">RateLimit-Policy</code>
                  </dt>
                  <dd>
                    {formatNumber(rateLimit.quota)} in {formatDuration(rateLimit.windowSeconds)}
                  </dd>
                </div>
                <div>
                  <dt>
                    <code translate="no">RateLimit</code>
                  </dt>
                  <dd>
                    {formatNumber(rateLimit.remaining)} left until <When at={month.resetsAt} as="date" />
                  </dd>
                </div>
              </dl>
            )}
          </>
        )}
      </Loaded>
      <p className="soft small">
        The API’s answers carry these headers too, so that a program can slow down in time.
      </p>
    </Card>
  );
}
