import { useId, useState } from 'react';
import { Link } from 'wouter';
import { useAlerts, useKeys, useOpenAlerts } from '../../api/queries.ts';
import type { AccountAlert, AlertAnswer } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { EmptyState, Loaded, Skeleton } from '../../components/states.tsx';
import { holdersOf } from '../../rules/alert-answer.ts';
import { alertTitle, isAboutMonth } from '../../rules/alert-words.ts';
import { problemOf } from '../../rules/problem.ts';
import { AboutWhat, HowItStands } from './alert-parts.tsx';
import { AnswerDialog } from './answer-dialog.tsx';
import { answerWords, type Question } from './answer-words.ts';
import { SeverityMark } from './severity-mark.tsx';
import './alerts.css';

export default function AlertsPage() {
  const open = useOpenAlerts();
  return (
    <Page
      title="Alerts"
      intro={
        <>
          What is unusual about your keys, and what is usual for them. Which alerts are mailed you choose in
          the <Link href="/settings">settings</Link>.
        </>
      }
    >
      <Loaded query={open} what="your alerts" skeleton={<Waiting />}>
        {(alerts) => <Parts open={alerts} />}
      </Loaded>
    </Page>
  );
}

function Parts({ open }: { readonly open: readonly AccountAlert[] }) {
  const past = useAlerts();
  const [asked, setAsked] = useState<Question>();
  const closed = past.data?.pages.flatMap(({ alerts }) => alerts).filter(({ status }) => status === 'closed');
  const { data: keys = [] } = useKeys();
  const keyOf = ({ keyId }: AccountAlert) => keys.find((key) => key.keyId === keyId);
  const isBehind = (alert: AccountAlert) => holdersOf(keyOf(alert)).includes(alert.alertId);
  const isQuiet = past.error === null && closed?.length === 0 && !past.hasNextPage;
  return (
    <>
      {open.length === 0 && (
        <Card>
          <EmptyState icon="shield" title={isQuiet ? 'Nothing unusual so far' : 'Nothing unusual now'}>
            <p>
              It takes some days until it is known what is usual for a key. From then on you are told here and
              by mail of what is not, and why.
            </p>
          </EmptyState>
        </Card>
      )}
      {open.length > 0 && (
        <section className="alerts" aria-labelledby="open-alerts">
          <h2 id="open-alerts">Open</h2>
          {open.map((alert) => (
            <OpenAlert
              key={alert.alertId}
              alert={alert}
              isBehind={isBehind(alert)}
              onAsk={(answer) => setAsked({ alert, answer, keyThen: keyOf(alert) })}
            />
          ))}
        </section>
      )}
      {!isQuiet && (
        <Card title="Over">
          {past.error !== null && (
            <ProblemView problem={problemOf(past.error)} onRetry={() => void past.refetch()} />
          )}
          {closed === undefined && past.error === null && (
            <div aria-busy="true">
              <span className="sr-only">Loading what is over…</span>
              <Skeleton lines={4} />
            </div>
          )}
          {closed?.length === 0 && !past.hasNextPage && <p className="soft">Nothing yet.</p>}
          {closed !== undefined && closed.length > 0 && (
            <ol className="timeline">
              {closed.map((alert) => (
                <ClosedAlert key={alert.alertId} alert={alert} isBehind={isBehind(alert)} />
              ))}
            </ol>
          )}
          {past.hasNextPage && (
            <Button isBusy={past.isFetchingNextPage} onClick={() => void past.fetchNextPage()}>
              Show what was before
            </Button>
          )}
        </Card>
      )}
      <AnswerDialog question={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

interface AlertProps {
  readonly alert: AccountAlert;
  /** A key is suspended for it. */
  readonly isBehind: boolean;
}

interface OpenAlertProps extends AlertProps {
  readonly onAsk: (answer: AlertAnswer) => void;
}

function OpenAlert({ alert, isBehind, onAsk }: OpenAlertProps) {
  const id = useId();
  const { explanation, answers } = alert;
  return (
    <article className="card alert" aria-labelledby={id}>
      <Head alert={alert} isBehind={isBehind} id={id} />
      <p>{explanation}</p>
      <p className="soft small">
        <AboutWhat alert={alert} /> · <HowItStands alert={alert} />
      </p>
      <div className="actions">
        {isAboutMonth(alert) && (
          <LinkButton to="/plan" icon="plan" isSmall>
            See your plan
          </LinkButton>
        )}
        {answers.map((answer) => {
          const { offer, icon } = answerWords({ alert, answer, keyThen: undefined });
          return (
            <Button key={answer} icon={icon} isSmall onClick={() => onAsk(answer)}>
              {offer}
            </Button>
          );
        })}
      </div>
    </article>
  );
}

function ClosedAlert({ alert, isBehind }: AlertProps) {
  const { explanation } = alert;
  return (
    <li>
      <Head alert={alert} isBehind={isBehind} />
      <p className="small">{explanation}</p>
      <p className="soft small">
        <AboutWhat alert={alert} /> · <HowItStands alert={alert} />
      </p>
    </li>
  );
}

function Head({ alert, isBehind, id }: AlertProps & { readonly id?: string }) {
  return (
    <div className="alert-head">
      <h3 id={id}>
        <Link href={`/alerts/${alert.alertId}`}>{alertTitle(alert)}</Link>
      </h3>
      <span className="alert-marks">
        {isBehind && <Badge tone="danger">Key suspended</Badge>}
        <SeverityMark severity={alert.severity} />
      </span>
    </div>
  );
}

function Waiting() {
  return (
    <Card>
      <Skeleton lines={6} />
    </Card>
  );
}
