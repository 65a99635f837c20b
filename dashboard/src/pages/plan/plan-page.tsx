import { useEffect, useState } from 'react';
import { useAccount } from '../../api/queries.ts';
import type { Account, TierOffer } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import type { TierChoice } from '../../rules/tier-standing.ts';
import { ChangeDialog } from './change-dialog.tsx';
import { CheckoutReturn } from './checkout-return.tsx';
import { PresentTier } from './present-tier.tsx';
import { RequestCard } from './request-card.tsx';
import { TierCards } from './tier-cards.tsx';
import './plan.css';

export default function PlanPage() {
  const account = useAccount();
  useFollowedUp(account.refetch);
  return (
    <Page title="Plan" intro="What your tier allows, what it costs, and what comes next.">
      <Loaded query={account} what="your plan" skeleton={<PlanSkeleton />}>
        {(data) => <Plan account={data} refetch={account.refetch} />}
      </Loaded>
    </Page>
  );
}

export interface Asked {
  readonly offer: TierOffer;
  readonly choice: TierChoice;
}

function Plan({ account, refetch }: { readonly account: Account; readonly refetch: () => unknown }) {
  const [asked, setAsked] = useState<Asked>();
  return (
    <div className="plan">
      <CheckoutReturn account={account} refetch={refetch} />
      <PresentTier account={account} onChoose={setAsked} />
      <RequestCard account={account} onChoose={setAsked} />
      <TierCards account={account} onChoose={setAsked} />
      <ChangeDialog account={account} asked={asked} onClose={() => setAsked(undefined)} />
    </div>
  );
}

/** What was done on Stripe's page arrives a moment after its owner has come back. */
function useFollowedUp(refetch: () => unknown): void {
  useEffect(() => {
    const timers = [2000, 6000, 15_000].map((delay) => setTimeout(() => void refetch(), delay));
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [refetch]);
}

function PlanSkeleton() {
  return (
    <div className="plan">
      <Card>
        <Skeleton lines={5} />
      </Card>
      <div className="tiers">
        {[1, 2, 3].map((each) => (
          <div className="card tier" key={each}>
            <Skeleton lines={8} />
          </div>
        ))}
      </div>
    </div>
  );
}
