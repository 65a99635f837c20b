import { Link } from 'wouter';
import type { AccountAlert, AccountKey } from '../../api/types.ts';
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
  readonly at?: string | undefined;
  /** Of the cause `anomaly`: what was unusual, as far as it is known. */
  readonly alert?: AccountAlert | undefined;
}

/** Why a key is suspended, and what lifts it. */
export function WhySuspended({ cause, at, alert }: WhySuspendedProps) {
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
          {alert?.explanation}{' '}
          <Link href={alert === undefined ? '/alerts' : `/alerts/${alert.alertId}`}>
            {alert === undefined ? 'See your alerts' : 'See the alert'}
          </Link>{' '}
          to say whether it was you, or to give the key a new secret.
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
