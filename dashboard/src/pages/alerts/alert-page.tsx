import { useEffect, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { useAlert, useKeys } from '../../api/queries.ts';
import type { AccountAlert, AlertAnswer } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, Loaded, Skeleton } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { answerIn, holdersOf } from '../../rules/alert-answer.ts';
import { alertTitle, isAboutMonth, whatItMeans, whatYouSaid, whyClosed } from '../../rules/alert-words.ts';
import { useSessionState } from '../../session/session-context.tsx';
import { AboutWhat, HoldingAlert } from './alert-parts.tsx';
import { AnswerDialog } from './answer-dialog.tsx';
import { answerWords, type Question } from './answer-words.ts';
import { SeverityMark } from './severity-mark.tsx';
import { WhyNotNow } from './why-not-now.tsx';
import './alerts.css';

export default function AlertPage() {
  const { alertId = '' } = useParams<{ alertId: string }>();
  return <OneAlert key={alertId} alertId={alertId} />;
}

function OneAlert({ alertId }: { readonly alertId: string }) {
  const query = useAlert(alertId);
  const [asked, setAsked] = useAskedAnswer(`/alerts/${alertId}`);
  const alert = query.data ?? undefined;
  return (
    <Page
      title={titleOf(query.data)}
      above={
        <Link href="/alerts" className="way-back">
          <Icon name="back" size={18} /> All alerts
        </Link>
      }
      intro={
        query.data === null || query.error !== null ? undefined : (
          <span className="title-line">
            {alert === undefined ? (
              '\u00a0'
            ) : (
              <>
                <SeverityMark severity={alert.severity} />
                {alert.status === 'open' ? <Badge tone="accent">Open</Badge> : <Badge>Over</Badge>}
                {alert.suspendedKey && <Badge tone="danger">Key suspended</Badge>}
              </>
            )}
          </span>
        )
      }
    >
      <Loaded
        query={query}
        what="the alert"
        skeleton={
          <Card>
            <Skeleton lines={6} />
          </Card>
        }
      >
        {(loaded) =>
          loaded === null ? (
            <NoSuchAlert />
          ) : (
            <>
              <Asked alert={loaded} asked={asked} onDone={() => setAsked(undefined)} />
              <Seen alert={loaded} />
              <WhatToDo alert={loaded} onAsk={setAsked} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

/** What a link in a mail asks for: taken out of the address, so that a reload or the Back button asks for nothing. */
function useAskedAnswer(path: string) {
  const [, navigate] = useLocation();
  const state = useState(() => answerIn(window.location.search));
  useEffect(() => {
    if (new URLSearchParams(window.location.search).has('do')) navigate(path, { replace: true });
  }, [navigate, path]);
  return state;
}

function titleOf(alert: AccountAlert | null | undefined): string {
  if (alert === null) return 'There is no such alert';
  return alert === undefined ? 'Alert' : alertTitle(alert);
}

interface AskedProps {
  readonly alert: AccountAlert;
  readonly asked: AlertAnswer | undefined;
  readonly onDone: () => void;
}

/** The question that was asked for by a button or by a link; or, why it is none any more. */
function Asked({ alert, asked, onDone }: AskedProps) {
  const keys = useKeys();
  const [question, setQuestion] = useState<Question>();
  const key = keys.data?.find(({ keyId }) => keyId === alert.keyId);
  // It stays as it was when it was asked, though the answer changes the alert and its key.
  if (asked === undefined && question !== undefined) setQuestion(undefined);
  if (asked !== undefined && asked !== question?.answer && !keys.isPending) {
    setQuestion({ alert, answer: asked, keyThen: key });
  }
  const isOffered = question?.alert.answers.includes(question.answer) === true;
  return (
    <>
      <AnswerDialog question={isOffered ? question : undefined} onClose={onDone} />
      {question !== undefined && !isOffered && (
        <WhyNotNow alert={question.alert} asked={question.answer} keyShown={key} />
      )}
    </>
  );
}

/** What was seen, of what, and since when. */
function Seen({ alert }: { readonly alert: AccountAlert }) {
  const { explanation, openedAt, updatedAt, closedAt, closedBecause, answer, keyId } = alert;
  const { suspended, acknowledged } = alert;
  return (
    <Card title="What was seen">
      <p className="alert-explanation">{explanation}</p>
      <p className="soft">{whatItMeans(alert)}</p>
      <Facts>
        <Fact name={keyId === undefined ? 'About' : 'Key'}>
          <AboutWhat alert={alert} />
        </Fact>
        <Fact name="Noticed">
          <When at={openedAt} as="time" />
        </Fact>
        {closedAt === undefined ? (
          <Fact name="Last seen">
            <When at={updatedAt} as="past" />
          </Fact>
        ) : (
          <Fact name={whyClosed(alert) ?? 'Over'}>
            <When at={closedAt} as="time" />
          </Fact>
        )}
        {answer !== undefined && answer.answer !== closedBecause && (
          <Fact name={whatYouSaid(alert, answer.answer)}>
            <When at={answer.at} as="time" />
          </Fact>
        )}
        {suspended !== undefined && (
          <Fact name="The key was suspended for it">
            <When at={suspended.at} as="time" />
          </Fact>
        )}
        {acknowledged !== undefined && (
          <Fact name="Support has seen it">
            <When at={acknowledged.at} as="time" />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}

/** The answers that make a difference, each with what comes of it. */
function WhatToDo({
  alert,
  onAsk,
}: {
  readonly alert: AccountAlert;
  readonly onAsk: (answer: AlertAnswer) => void;
}) {
  const { alertId, answers, keyId, suspendedKey } = alert;
  const { data: keys } = useKeys();
  const key = keys?.find((each) => each.keyId === keyId);
  const holders = holdersOf(key);
  const others = holders.filter((id) => id !== alertId);
  return (
    <Card title="What you can do">
      {suspendedKey && (
        <Notice tone="danger" title="The key is suspended: it was used in an unusual way">
          <p>Every request with it is refused, until you say what is to become of it.</p>
          {others.map((other) => (
            <p key={other}>
              <HoldingAlert alertId={other} />{' '}
              {holders.length > others.length
                ? 'holds it, too: answer that one as well'
                : 'holds it: answer that one'}
              , or give the key a new secret.
            </p>
          ))}
        </Notice>
      )}
      {answers.length === 0 && <p className="soft">Nothing is left to be answered.</p>}
      {answers.length > 0 && (
        <ul className="answers">
          {answers.map((answer) => {
            const { offer, hint, icon } = answerWords({ alert, answer, keyThen: key });
            return (
              <li key={answer}>
                <Button icon={icon} onClick={() => onAsk(answer)}>
                  {offer}
                </Button>
                <span className="soft">{hint}</span>
              </li>
            );
          })}
        </ul>
      )}
      <div className="actions">
        {isAboutMonth(alert) && (
          <>
            <LinkButton to="/usage" icon="usage" isSmall>
              See your usage
            </LinkButton>
            <LinkButton to="/plan" icon="plan" isSmall>
              See your plan
            </LinkButton>
          </>
        )}
        {keyId !== undefined && (
          <LinkButton to={`/keys/${keyId}`} icon="key" isSmall>
            See the key
          </LinkButton>
        )}
      </div>
    </Card>
  );
}

function NoSuchAlert() {
  const state = useSessionState();
  const email = 'person' in state ? state.person.email : undefined;
  return (
    <Card>
      <EmptyState
        icon="bell"
        title="It is not of this account"
        actions={<LinkButton to="/alerts">See all your alerts</LinkButton>}
      >
        <p>
          {email === undefined ? 'You are signed in to another account' : `You are signed in as ${email}`}. If
          the mail that led you here came to another address, sign out and sign in with that one. Nothing was
          changed.
        </p>
      </EmptyState>
    </Card>
  );
}
