import { Link } from 'wouter';
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

/** Why a key is suspended, and what lifts it. */
export function WhySuspended({
  cause,
  at,
}: {
  readonly cause: SuspensionCause;
  readonly at?: string | undefined;
}) {
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
          {since}: it was used in an unusual way, so it was stopped to keep you from harm. Ask <SupportLink />{' '}
          to look at it with you.
        </p>
      );
    case 'owner':
      return (
        <p>
          {since}: it was stopped in your name. Ask <SupportLink /> to let it work again.
        </p>
      );
    case 'admin':
      return (
        <p>
          {since}: support has stopped it. Ask <SupportLink /> why, what lifts it, or to end it.
        </p>
      );
  }
}
