import type { ReactNode } from 'react';
import { useApi } from '../../api/queries.ts';
import type { Account } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { When } from '../../components/when.tsx';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { choiceOf, standingOf, type TierStanding } from '../../rules/tier-standing.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { useNow } from '../../time/clock.ts';
import type { Asked } from './plan-page.tsx';
import { useLeaving } from './use-tier-change.ts';

interface PresentTierProps {
  readonly account: Account;
  readonly onChoose: (asked: Asked) => void;
}

/** The tier that one has, and what happens to it next. */
export function PresentTier({ account, onChoose }: PresentTierProps) {
  const now = useNow();
  const standing = standingOf(account, now);
  const { tier, requestsPerMonth, ratePerSecond, burst, usage, payment } = account;
  return (
    <Card
      title={`Your tier: ${tierTitle(tier)}`}
      actions={<StandingBadge standing={standing} account={account} />}
    >
      <Reversal account={account} onChoose={onChoose} />
      <WhatNext standing={standing} account={account} onChoose={onChoose} />
      <Facts>
        <Fact name="This month">
          {formatNumber(usage.total)} of {formatCount(requestsPerMonth, 'request')}
        </Fact>
        <Fact name="Starts again">
          <When at={usage.resetsAt} />
        </Fact>
        <Fact name="At most">
          {formatNumber(ratePerSecond)} a second, {formatNumber(burst)} at once
        </Fact>
      </Facts>
      {payment !== undefined && standing.kind !== 'missing' && <PortalButton />}
    </Card>
  );
}

function StandingBadge({
  standing,
  account,
}: {
  readonly standing: TierStanding;
  readonly account: Account;
}) {
  const badge = badgeOf(standing, account);
  return badge === undefined ? null : <Badge tone={badge[0]}>{badge[1]}</Badge>;
}

function badgeOf({ kind }: TierStanding, { payment }: Account): readonly [Tone, string] | undefined {
  if (payment?.reversal !== undefined) return ['danger', 'Payment taken back'];
  switch (kind) {
    case 'free':
      return undefined;
    case 'contract':
      return ['good', 'By contract'];
    case 'given':
      return ['good', 'Given to you'];
    case 'renews':
    case 'renewing':
      return ['good', 'Paid'];
    case 'ends':
      return ['warn', 'Ends'];
    case 'missing':
      return ['danger', 'Payment missing'];
  }
}

interface WhatNextProps extends PresentTierProps {
  readonly standing: TierStanding;
}

function WhatNext({ standing, account, onChoose }: WhatNextProps): ReactNode {
  const title = tierTitle(account.tier);
  const isReversed = account.payment?.reversal !== undefined;
  switch (standing.kind) {
    case 'free':
      return isReversed ? null : <p>Free goes on by itself and costs nothing.</p>;
    case 'contract':
      return (
        <p>
          It goes on as your contract says. To change it, write to <SupportLink />.
        </p>
      );
    case 'given':
      return <p>{title} was given to you: you pay nothing for it, and it does not end by itself.</p>;
    case 'renews':
      return isReversed ? (
        <p>
          Otherwise the next payment is made <When at={standing.at} />, and your keys work again then.
        </p>
      ) : (
        <p>
          The next payment is made <When at={standing.at} />, and {title} goes on. You can end it here at any
          time; what is paid, you keep.
        </p>
      );
    case 'renewing':
      return <p>The next month is being paid. {title} goes on meanwhile.</p>;
    case 'ends':
      return (
        <Notice
          tone="warn"
          title={`${title} ends`}
          actions={<KeepButton account={account} onChoose={onChoose} />}
        >
          <p>
            It ends <When at={standing.at} />, and nothing more is charged. From then on your tier is Free;
            your keys stay.
          </p>
        </Notice>
      );
    case 'missing':
      return (
        <Notice tone="danger" title="A payment is missing" actions={<PortalButton isDue />}>
          <p>
            It was due <When at={standing.failedAt} as="date" /> and could not be charged to your card.{' '}
            {title} goes on until <When at={standing.until} as="time" /> (
            <When at={standing.until} as="relative" />
            ).
          </p>
          <p>
            Pay it by then, with another card if need be, and nothing changes. Otherwise your tier is Free
            from then on; your keys stay.
          </p>
        </Notice>
      );
  }
}

function KeepButton({ account, onChoose }: PresentTierProps) {
  const offer = account.tiers.find(({ name }) => name === account.tier);
  if (offer === undefined) return null;
  const choice = choiceOf(account, offer);
  if (choice.kind !== 'keep') return null;
  return (
    <Button isSmall onClick={() => onChoose({ offer, choice })}>
      Keep {tierTitle(account.tier)}
    </Button>
  );
}

/** A payment that was taken back: the keys do not work until there is another. */
function Reversal({ account, onChoose }: PresentTierProps) {
  const reversal = account.payment?.reversal;
  if (reversal === undefined) return null;
  const offer = account.tiers.find(({ name }) => name === 'pro');
  const choice = offer === undefined ? undefined : choiceOf(account, offer);
  const canPay = choice?.kind === 'pay' || choice?.kind === 'pay-on' || choice?.kind === 'end-and-pay';
  const isDispute = reversal.kind === 'dispute';
  return (
    <Notice
      tone="danger"
      title={isDispute ? 'Your bank took a payment back' : 'A payment was given back to you'}
      actions={
        canPay &&
        offer !== undefined && (
          <Button look="primary" isSmall onClick={() => onChoose({ offer, choice })}>
            Pay again
          </Button>
        )
      }
    >
      <p>
        Since <When at={reversal.at} as="time" /> your keys are suspended, and none can be made.
      </p>
      <p>
        They work again at once when {canPay ? 'you pay again' : 'another payment is made'}
        {isDispute && ', or when the dispute is decided in our favour'}. If this is a mistake, write to{' '}
        <SupportLink />.
      </p>
    </Notice>
  );
}

/** Stripe's page about card, invoices and the end of payments. */
function PortalButton({ isDue = false }: { readonly isDue?: boolean }) {
  const api = useApi();
  const { isLeaving, leave } = useLeaving();
  const { run, isRunning, problem } = useAction((_: undefined, idempotencyKey: string) =>
    api.openPortal(idempotencyKey),
  );
  async function open(): Promise<void> {
    const portal = await run(undefined);
    if (portal !== undefined) leave(portal.url);
  }
  return (
    <>
      <div className="actions">
        <Button
          look={isDue ? 'primary' : 'plain'}
          isSmall={isDue}
          icon={isDue ? 'card' : 'outward'}
          isBusy={isRunning || isLeaving}
          onClick={() => void open()}
        >
          {isDue ? 'Pay, or change the card' : 'Card and invoices at Stripe'}
        </Button>
      </div>
      {problem !== undefined && <ProblemView problem={problem} onRetry={() => void open()} />}
    </>
  );
}
