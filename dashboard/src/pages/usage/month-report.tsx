import { type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import type { Usage } from '../../api/client.ts';
import { useKeys } from '../../api/queries.ts';
import type { Account } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Meter } from '../../components/meter.tsx';
import { saveFile } from '../../components/save-file.ts';
import { EmptyState } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { csvOf } from '../../rules/csv.ts';
import { dayCounts, type KeyCount, keyCounts, summaryOf } from '../../rules/daily-usage.ts';
import { formatDate, formatMonth, formatNumber, formatShare } from '../../rules/formats.ts';
import { monthOf } from '../../rules/month.ts';
import { useNow } from '../../time/clock.ts';
import { DayChart } from './day-chart.tsx';
import { PaceView } from './pace-view.tsx';

interface MonthReportProps {
  readonly report: Usage;
  readonly account: Account | undefined;
}

/** One month: in total, by day, by key. */
export function MonthReport({ report, account }: MonthReportProps) {
  const now = useNow();
  const { period, total, limit } = report;
  const isPresent = period === monthOf(now);
  const today = new Date(now).toISOString().slice(0, 10);
  // Counted anew with a new answer or a new day, not with every tick of the clock.
  const counts = useMemo(() => dayCounts(report, Date.parse(today)), [report, today]);
  const beganAt = account?.createdAt ?? `${period}-01T00:00:00Z`;
  if (total === 0) {
    return (
      <div className="usage-report">
        <Card>
          <Meter label={`Requests in ${formatMonth(period)}`} value={0} maximum={limit} unit="requests" />
          {isPresent && <Resets at={report.resetsAt} />}
        </Card>
        <NothingYet isPresent={isPresent} period={period} account={account} />
      </div>
    );
  }
  const summary = summaryOf(counts, beganAt);
  return (
    <div className="usage-report">
      <Card>
        <Meter label={`Requests in ${formatMonth(period)}`} value={total} maximum={limit} unit="requests" />
        {isPresent ? <Resets at={report.resetsAt} /> : <p className="soft">This month is over.</p>}
        {isPresent && <PaceView report={report} account={account} />}
        {summary !== undefined && (
          <Facts>
            {isPresent && <Fact name="Left this month">{formatNumber(report.remaining)}</Fact>}
            {isPresent && <Fact name="Today so far">{formatNumber(report.days[today] ?? 0)}</Fact>}
            {summary.perDay !== undefined && (
              <Fact name={isPresent ? 'Average day, to yesterday' : 'Average day'}>
                {formatAverage(summary.perDay)}
              </Fact>
            )}
            <Fact name="Busiest day">
              {formatDate(summary.busiest.day, now)}: {formatNumber(summary.busiest.requests)}
            </Fact>
          </Facts>
        )}
      </Card>
      <Card
        title="Day by day"
        actions={
          <CsvButton
            what="days"
            name={`usage-${period}-days.csv`}
            rows={() => [
              ['day', 'requests'],
              ...counts
                .filter(({ stands }) => stands !== 'ahead')
                .map(({ day, requests }) => [day, requests]),
            ]}
          />
        }
      >
        <DayChart counts={counts} description={`Requests in ${formatMonth(period)} by day`} />
      </Card>
      <ByKey report={report} />
    </div>
  );
}

function Resets({ at }: { readonly at: string }) {
  return (
    <p className="soft">
      The count starts again <When at={at} />.
    </p>
  );
}

function ByKey({ report }: { readonly report: Usage }) {
  const now = useNow();
  const keys = useKeys();
  const rows = keyCounts(report, keys.data ?? [], now);
  const columns: readonly Column<KeyCount>[] = [
    { title: 'Key', isHeading: true, cell: (count) => <KeyName count={count} isKnown={!keys.isPending} /> },
    { title: 'Requests', isNumber: true, cell: ({ requests }) => formatNumber(requests) },
    { title: 'Share', isNumber: true, cell: ({ requests }) => formatShare(requests, report.total) },
  ];
  return (
    <Card
      title="Key by key"
      actions={
        <CsvButton
          what="keys"
          name={`usage-${report.period}-keys.csv`}
          rows={() => [
            ['key_id', 'name', 'requests'],
            ...rows.map(({ keyId, key, requests }) => [keyId, key?.name ?? '', requests]),
          ]}
        />
      }
    >
      <DataTable
        caption={`Requests in ${formatMonth(report.period)} by key`}
        columns={columns}
        rows={rows}
        keyOf={({ keyId }) => keyId}
      />
    </Card>
  );
}

/** By its id until the name is there: in a line of the same height. */
function KeyName({
  count: { keyId, key },
  isKnown,
}: {
  readonly count: KeyCount;
  readonly isKnown: boolean;
}) {
  if (key === undefined) {
    return (
      <>
        <span className="usage-key">
          <code translate="no">{keyId}</code>
        </span>
        <span className="usage-key-display">{isKnown ? 'Not among your keys any more' : '…'}</span>
      </>
    );
  }
  return (
    <>
      <span className="usage-key">
        <Link href={`/keys/${keyId}`}>{key.name}</Link>
        {key.status === 'revoked' && <Badge>Revoked</Badge>}
      </span>
      <code className="usage-key-display" translate="no">
        {key.display}
      </code>
    </>
  );
}

interface CsvButtonProps {
  readonly what: string;
  readonly name: string;
  readonly rows: () => readonly (readonly (string | number)[])[];
}

function CsvButton({ what, name, rows }: CsvButtonProps) {
  return (
    <Button
      isSmall
      icon="download"
      onClick={() => saveFile(name, new Blob([csvOf(rows())], { type: 'text/csv;charset=utf-8' }))}
    >
      CSV<span className="sr-only"> of {what}</span>
    </Button>
  );
}

interface NothingYetProps {
  readonly isPresent: boolean;
  readonly period: string;
  readonly account: Account | undefined;
}

function NothingYet({ isPresent, period, account }: NothingYetProps): ReactNode {
  if (!isPresent) {
    return (
      <Card>
        <EmptyState icon="usage" title={`No request in ${formatMonth(period)}`}>
          <p>Nothing was called with your keys in this month.</p>
        </EmptyState>
      </Card>
    );
  }
  const hasKey = account === undefined || account.keys.live > 0;
  return (
    <Card>
      <EmptyState
        icon="usage"
        title="No request yet this month"
        actions={
          hasKey ? (
            <LinkButton to="/start" look="primary" icon="start">
              Make the first call
            </LinkButton>
          ) : (
            <LinkButton to="/keys" look="primary" icon="key">
              Make a key
            </LinkButton>
          )
        }
      >
        <p>
          {hasKey
            ? 'As soon as a program calls the API with one of your keys, it is counted here within seconds.'
            : 'Make a key first. Calls with it are then counted here.'}
        </p>
      </EmptyState>
    </Card>
  );
}

/** Few are told more exactly than many. */
function formatAverage(perDay: number): string {
  if (perDay > 0 && perDay < 1) return 'less than 1';
  return formatNumber(Math.round(perDay));
}
