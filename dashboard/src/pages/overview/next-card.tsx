import { Link } from 'wouter';
import type { Account, AccountKey } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { When } from '../../components/when.tsx';
import { formatCount } from '../../rules/formats.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { type Upcoming, upcomingOf } from '../../rules/upcoming.ts';
import { useNow } from '../../time/clock.ts';

const shown = 6;

/** What will happen by itself, soonest first: no surprise outage. */
export function NextCard({
  account,
  keys,
}: {
  readonly account: Account;
  readonly keys: readonly AccountKey[];
}) {
  const upcoming = upcomingOf(account, keys, useNow()).slice(0, shown);
  return (
    <Card title="What happens next">
      <ol className="timeline">
        {upcoming.map((each) => (
          <li key={`${each.kind} ${each.at} ${'keyId' in each ? each.keyId : ''}`}>
            <span className="upcoming-when">
              <When at={each.at} />
            </span>
            <span>{wordsFor(each, account)}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function wordsFor(upcoming: Upcoming, { tier }: Account) {
  switch (upcoming.kind) {
    case 'month-begins':
      return `A new month begins, with ${formatCount(upcoming.limit, 'request')}.`;
    case 'key-rotates':
      return (
        <>
          <KeyLink of={upcoming} /> rotates: a new secret waits for you, and the old one goes on for a while.
        </>
      );
    case 'old-secret-ends':
      return (
        <>
          The old secret of <KeyLink of={upcoming} /> stops.
        </>
      );
    case 'waiting-secret-ends':
      return (
        <>
          The secret of <KeyLink of={upcoming} /> that waits for you ends, if you have not taken it.
        </>
      );
    case 'plan-renews':
      return `${tierTitle(tier)} is paid for the next month, by your card.`;
    case 'plan-ends':
      return `${tierTitle(tier)} ends, and the free tier begins.`;
    case 'plan-ends-unpaid':
      return `${tierTitle(tier)} ends, unless the missing payment is made.`;
  }
}

function KeyLink({
  of: { keyId, name },
}: {
  readonly of: { readonly keyId: string; readonly name: string };
}) {
  return <Link href={`/keys/${keyId}`}>{name}</Link>;
}
