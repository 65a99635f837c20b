import { useLocation, useSearch } from 'wouter';
import { useAccount, useUsage } from '../../api/queries.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import { formatMonth } from '../../rules/formats.ts';
import { askedMonth, monthOf, monthsAround } from '../../rules/month.ts';
import { useNow } from '../../time/clock.ts';
import { MonthReport } from './month-report.tsx';
import './usage.css';

/** The present month, or the one of `?month=2026-10`. */
export default function UsagePage() {
  const now = useNow();
  const asked = askedMonth(useSearch(), now);
  const month = asked ?? monthOf(now);
  const usage = useUsage(asked);
  const account = useAccount();
  return (
    <Page
      title="Usage"
      intro="Every request that is let through counts, with whichever of your keys. Days and months are in UTC."
    >
      <MonthSwitch month={month} beganAt={account.data?.createdAt} />
      <Loaded query={usage} what={`your usage in ${formatMonth(month)}`} skeleton={<ReportSkeleton />}>
        {(report) => <MonthReport key={report.period} report={report} account={account.data} />}
      </Loaded>
    </Page>
  );
}

interface MonthSwitchProps {
  readonly month: string;
  /** When the account began; undefined until it is known. */
  readonly beganAt: string | undefined;
}

/** From month to month; the buttons stay where they are, so that they can be pressed again and again. */
function MonthSwitch({ month, beganAt }: MonthSwitchProps) {
  const now = useNow();
  const [, navigate] = useLocation();
  const { previous, next } = monthsAround(month, beganAt ?? new Date(now).toISOString(), now);
  const go = (to: string | undefined) => {
    if (to !== undefined) navigate(to === monthOf(now) ? '/usage' : `/usage?month=${to}`);
  };
  return (
    <nav className="month-switch" aria-label="Months">
      <button
        type="button"
        className="icon-button"
        aria-label={previous === undefined ? 'No earlier month' : `Back to ${formatMonth(previous)}`}
        aria-disabled={previous === undefined}
        onClick={() => go(previous)}
      >
        <Icon name="back" />
      </button>
      <h2 aria-live="polite">{formatMonth(month)}</h2>
      <button
        type="button"
        className="icon-button"
        aria-label={next === undefined ? 'No later month' : `On to ${formatMonth(next)}`}
        aria-disabled={next === undefined}
        onClick={() => go(next)}
      >
        <Icon name="next" />
      </button>
    </nav>
  );
}

/** As high as a month with some usage. */
function ReportSkeleton() {
  return (
    <div className="usage-report">
      <Card>
        <Skeleton lines={5} />
      </Card>
      <Card>
        <div className="day-chart" />
        <Skeleton lines={1} />
      </Card>
      <Card>
        <Skeleton lines={3} />
      </Card>
    </div>
  );
}
