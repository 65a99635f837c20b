import { Link } from 'wouter';
import type { Account } from '../../api/types.ts';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { Meter } from '../../components/meter.tsx';
import { When } from '../../components/when.tsx';
import { formatCount, formatMonth } from '../../rules/formats.ts';

/** This month against its limit, and when the next one begins. */
export function MonthCard({ account: { usage } }: { readonly account: Account }) {
  const { period, total, limit, remaining, resetsAt } = usage;
  return (
    <Card title={formatMonth(period)} actions={<Link href="/usage">See the days</Link>}>
      <Meter label="Requests this month" value={total} maximum={limit} unit="requests" />
      <Facts>
        <Fact name="Left">{formatCount(remaining, 'request')}</Fact>
        <Fact name="Starts again">
          <When at={resetsAt} />
        </Fact>
      </Facts>
      <p className="soft small">
        Every request that is let through counts, whatever its answer. Refused ones do not.
      </p>
    </Card>
  );
}
