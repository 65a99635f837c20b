import type { Usage } from '../../api/client.ts';
import type { Account } from '../../api/types.ts';
import { LinkButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { When } from '../../components/when.tsx';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { type Pace, paceDays, paceOf } from '../../rules/pace.ts';
import { useNow } from '../../time/clock.ts';

interface PaceViewProps {
  readonly report: Usage;
  readonly account: Account | undefined;
}

/** Whether the month will last, in words: calm where it does, with a way out where it does not. */
export function PaceView({ report, account }: PaceViewProps) {
  const now = useNow();
  const pace = paceOf(report, account?.createdAt ?? `${report.period}-01T00:00:00Z`, now);
  const more = account === undefined || account.tier === 'enterprise' ? undefined : <MoreButton />;
  if (pace.kind === 'used-up') {
    return (
      <Notice tone="danger" title="Nothing is left of this month" actions={more}>
        <p>
          Requests are refused with status 429 until the count starts again <When at={report.resetsAt} />.
        </p>
      </Notice>
    );
  }
  if (pace.kind === 'runs-out') {
    return (
      <Notice tone="warn" title="At this pace it does not last" actions={more}>
        <p>
          With {perDay(pace.perDay)} the last one is used <When at={new Date(pace.at).toISOString()} />. After
          that, requests are refused until the count starts again.
        </p>
      </Notice>
    );
  }
  return (
    <p className="pace">
      <Icon name={pace.kind === 'lasts' || pace.kind === 'resting' ? 'check' : 'info'} />
      <span>{wordsOf(pace, report.limit)}</span>
    </p>
  );
}

function MoreButton() {
  return (
    <LinkButton to="/plan" isSmall>
      See larger tiers
    </LinkButton>
  );
}

function wordsOf(pace: Exclude<Pace, { kind: 'used-up' | 'runs-out' }>, limit: number): string {
  switch (pace.kind) {
    case 'lasts':
      return `At this pace it lasts: ${perDay(pace.perDay)} make about ${formatNumber(rounded(pace.expected, limit))} of ${formatNumber(limit)} by the end of the month.`;
    case 'resting':
      return `No request in the last ${paceDays} days: what is left lasts.`;
    case 'unused':
      return 'No request yet: all of it is left.';
    case 'too-early':
      return 'After a day of use, this tells whether the requests last for the month.';
  }
}

/** To the tens: more would pretend to know. */
function rounded(expected: number, limit: number): number {
  return expected < 100 ? expected : Math.min(limit, Math.round(expected / 10) * 10);
}

function perDay(value: number): string {
  return `${value < 1 ? 'less than 1 request' : `about ${formatCount(Math.round(value), 'request')}`} a day`;
}
