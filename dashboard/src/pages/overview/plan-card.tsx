import { Link } from 'wouter';
import type { Account } from '../../api/types.ts';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { When } from '../../components/when.tsx';
import { formatNumber } from '../../rules/formats.ts';
import { tierPrice, tierTitle } from '../../rules/tier-words.ts';
import { upcomingOfPlan } from '../../rules/upcoming.ts';

/** Which tier it is, what it costs, and how the payments stand. */
export function PlanCard({ account }: { readonly account: Account }) {
  const { tier, tiers, requestsPerMonth, request } = account;
  const next = upcomingOfPlan(account);
  const offer = tiers.find(({ name }) => name === tier);
  return (
    <Card title="Your tier" actions={<Link href="/plan">Change it</Link>}>
      <Facts>
        <Fact name="Tier">{tierTitle(tier)}</Fact>
        {offer !== undefined && <Fact name="Price">{tierPrice(offer)}</Fact>}
        <Fact name="Requests a month">{formatNumber(requestsPerMonth)}</Fact>
        {next !== undefined && (
          <Fact name={eventNames[next.kind]}>
            <When at={next.at} />
          </Fact>
        )}
      </Facts>
      {request?.status === 'open' && (
        <p className="soft">
          You asked for {tierTitle(request.tier)} on <When at={request.requestedAt} as="date" />: support
          answers by mail.
        </p>
      )}
    </Card>
  );
}

const eventNames = {
  'plan-renews': 'Next payment',
  'plan-ends': 'Ends',
  'plan-ends-unpaid': 'Ends, unless it is paid',
} as const;
