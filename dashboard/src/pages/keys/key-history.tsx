import { Link } from 'wouter';
import { useAudit } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { Skeleton } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { alertIn, byWhom, isOfInterest, whatHappened } from '../../rules/history.ts';
import { problemOf } from '../../rules/problem.ts';

/** What is on record about a key, newest first. */
export function KeyHistory({ keyId }: { readonly keyId: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useAudit(keyId);
  const entries = data?.pages.flatMap((page) => page.entries).filter(isOfInterest);
  return (
    <Card title="History">
      {error !== null && <ProblemView problem={problemOf(error)} onRetry={() => void refetch()} />}
      {entries === undefined && error === null && (
        <div aria-busy="true">
          <span className="sr-only">Loading the history…</span>
          <Skeleton lines={4} />
        </div>
      )}
      {entries !== undefined && (
        <ol className="timeline">
          {entries.map((entry) => (
            <li key={entry.sequence}>
              <p className="history-what">{whatHappened(entry)}</p>
              <p className="soft small">
                <When at={entry.at} as="time" />, {byWhom(entry)}
              </p>
              {entry.reason !== undefined && <Why reason={entry.reason} />}
            </li>
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show what was before
        </Button>
      )}
    </Card>
  );
}

/** What was given as the reason; where that is an alert, the way to it. */
function Why({ reason }: { readonly reason: string }) {
  const alertId = alertIn(reason);
  if (alertId === undefined) return <p className="small history-why">{reason}</p>;
  return (
    <p className="small">
      Because of <Link href={`/alerts/${alertId}`}>an alert</Link>
    </p>
  );
}
