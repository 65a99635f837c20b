import { Link } from 'wouter';
import { useAlert } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { When } from '../../components/when.tsx';
import type { SuspensionCause } from '../../rules/key-state.ts';

/** Whether a key works, in a word. */
export function KeyStatus({ status }: Pick<AccountKey, 'status'>) {
  if (status === 'active') return <Badge tone="good">Active</Badge>;
  if (status === 'suspended') return <Badge tone="danger">Suspended</Badge>;
  return <Badge>Revoked</Badge>;
}

interface WhySuspendedProps {
  readonly cause: SuspensionCause;
  readonly suspension: AccountKey['suspensions'][SuspensionCause];
}

/** Why a key is suspended, and what lifts it. */
export function WhySuspended({ cause, suspension }: WhySuspendedProps) {
  const { at, alertIds = [] } = suspension ?? {};
  const since =
    at === undefined ? (
      'Since then'
    ) : (
      <>
        Since <When at={at} as="time" />
      </>
    );
  switch (cause) {
    case 'payment':
      return (
        <p>
          {since}: a payment was taken back. It works again once another payment is made: see{' '}
          <Link href="/plan">your plan</Link>.
        </p>
      );
    case 'anomaly':
      return (
        <p>
          {since}: it was used in an unusual way, so it was stopped to keep you from harm.{' '}
          {alertIds.map((alertId) => (
            <AlertBehind key={alertId} alertId={alertId} />
          ))}
          {alertIds.length === 0 && <Link href="/alerts">See your alerts</Link>} to say
          {alertIds.length > 1 && ', of each,'} whether it was you, or to give the key a new secret.
        </p>
      );
    case 'owner':
      return <p>{since}: you suspended it. It works again when you let it.</p>;
    case 'admin':
      return (
        <p>
          {since}: support has stopped it. Ask <SupportLink /> why, what lifts it, or to end it.
        </p>
      );
  }
}

/** What was unusual, and the way there. */
function AlertBehind({ alertId }: { readonly alertId: string }) {
  const { data: alert } = useAlert(alertId);
  return (
    <>
      {alert?.explanation} <Link href={`/alerts/${alertId}`}>See the alert</Link>{' '}
    </>
  );
}
