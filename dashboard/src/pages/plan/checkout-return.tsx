import { useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { Account } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { When } from '../../components/when.tsx';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { tierTitle } from '../../rules/tier-words.ts';

interface CheckoutReturnProps {
  readonly account: Account;
  readonly refetch: () => unknown;
}

/** Asked so often while somebody waits, and when it takes longer. */
const quickly = 2000;
const slowly = 15_000;
/** Stripe's word usually comes within seconds. */
const patience = 60_000;

/** Back from Stripe's page: `?checkout=done` or `?checkout=canceled`. */
export function CheckoutReturn({ account, refetch }: CheckoutReturnProps) {
  const [, navigate] = useLocation();
  const outcome = new URLSearchParams(useSearch()).get('checkout');
  const [isConfirmed, setIsConfirmed] = useState(false);
  const hasBegun = outcome === 'done' && account.tier !== 'free';
  useEffect(() => {
    if (!hasBegun) return;
    setIsConfirmed(true);
    // Loaded again, the page has nothing more to tell of it.
    navigate('/plan', { replace: true });
  }, [hasBegun, navigate]);
  const close = () => {
    setIsConfirmed(false);
    navigate('/plan', { replace: true });
  };
  const isGivenUp = account.payment?.cancelsAt !== undefined || account.tier === 'free';
  if (isConfirmed || hasBegun) return isGivenUp ? null : <Begun account={account} onClose={close} />;
  if (outcome === 'done') return <Pending refetch={refetch} />;
  if (outcome === 'canceled') return <Left account={account} onClose={close} />;
  return null;
}

interface ClosableProps {
  readonly account: Account;
  readonly onClose: () => void;
}

function Begun({ account: { tier, requestsPerMonth, ratePerSecond }, onClose }: ClosableProps) {
  return (
    <Notice
      tone="good"
      role="status"
      title="Thank you, it is paid"
      actions={<CloseButton onClick={onClose} />}
    >
      <p>
        {tierTitle(tier)} has begun: {formatCount(requestsPerMonth, 'request')} a month and{' '}
        {formatNumber(ratePerSecond)} a second, with all your keys. There is nothing else to do.
      </p>
    </Notice>
  );
}

/** Until Stripe has said that it is paid; after a minute without hurry, for nothing is lost. */
function Pending({ refetch }: { readonly refetch: () => unknown }) {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), patience);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    const timer = setInterval(() => void refetch(), isLate ? slowly : quickly);
    return () => clearInterval(timer);
  }, [refetch, isLate]);
  if (isLate) {
    return (
      <Notice tone="plain" role="status" title="The confirmation takes longer than usual" icon="clock">
        <p>
          If you have paid, nothing is lost and nothing is to be done: your tier begins by itself when Stripe
          confirms the payment, and a mail tells you. You can leave this page. Please do not pay a second
          time.
        </p>
        <p>If you left Stripe’s page before you paid, nothing was charged.</p>
      </Notice>
    );
  }
  return (
    <Notice tone="accent" role="status" title="Your payment is being confirmed" icon="clock">
      <p>It usually takes a few seconds. This page follows by itself.</p>
    </Notice>
  );
}

function Left({ account: { checkout }, onClose }: ClosableProps) {
  return (
    <Notice role="status" title="Nothing was charged" actions={<CloseButton onClick={onClose} />}>
      <p>
        You came back without paying, and everything is as it was.
        {checkout !== undefined && (
          <>
            {' '}
            You can go on paying until <When at={checkout.expiresAt} as="time" />.
          </>
        )}
      </p>
    </Notice>
  );
}

function CloseButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <Button isSmall onClick={onClick}>
      Close
    </Button>
  );
}
