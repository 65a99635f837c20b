import { Link } from 'wouter';
import { useAlert } from '../../api/queries.ts';
import type { AccountAlert } from '../../api/types.ts';
import { When } from '../../components/when.tsx';
import { alertTitle, whatYouSaid, whyClosed } from '../../rules/alert-words.ts';

/** What it is about: a key, by its name, or the account as a whole. */
export function AboutWhat({ alert: { keyId, keyName } }: { readonly alert: AccountAlert }) {
  if (keyId === undefined) return <>Your whole account</>;
  return <Link href={`/keys/${keyId}`}>{keyName ?? keyId}</Link>;
}

/** Since when it lasts, or why it is over; what the owner has said, and that support has seen it. */
export function HowItStands({ alert }: { readonly alert: AccountAlert }) {
  const { openedAt, updatedAt, closedAt, closedBecause, answer, acknowledged } = alert;
  const closed = whyClosed(alert);
  return (
    <>
      {closed === undefined || closedAt === undefined ? (
        <>
          Noticed <When at={openedAt} as="time" />
          {updatedAt > openedAt && (
            <>
              {' '}
              · last seen <When at={updatedAt} as="past" />
            </>
          )}
        </>
      ) : (
        <>
          Noticed <When at={openedAt} as="time" /> · {closed}, <When at={closedAt} as="time" />
        </>
      )}
      {answer !== undefined && answer.answer !== closedBecause && (
        <>
          {' '}
          · {whatYouSaid(alert, answer.answer)}, <When at={answer.at} as="time" />
        </>
      )}
      {acknowledged !== undefined && ' · Support has seen it'}
    </>
  );
}

/** Another alert, by its title. */
export function HoldingAlert({ alertId }: { readonly alertId: string }) {
  const { data: alert } = useAlert(alertId);
  return (
    <Link href={`/alerts/${alertId}`}>
      {alert === undefined || alert === null ? 'Another alert' : `“${alertTitle(alert)}”`}
    </Link>
  );
}
