import { useAccount, useKeys } from '../../api/queries.ts';
import type { Account, AccountKey } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import { stepsOf } from '../../rules/first-steps.ts';
import { useSessionState } from '../../session/session-context.tsx';
import { useNow } from '../../time/clock.ts';
import { AttentionList } from './attention-list.tsx';
import { FirstSteps } from './first-steps.tsx';
import { KeysCard } from './keys-card.tsx';
import { MonthCard } from './month-card.tsx';
import { NextCard } from './next-card.tsx';
import { PlanCard } from './plan-card.tsx';
import { RateCard } from './rate-card.tsx';
import './overview.css';

export default function OverviewPage() {
  const account = useAccount();
  const keys = useKeys();
  const state = useSessionState();
  const email = account.data?.email ?? ('person' in state ? state.person.email : undefined);
  return (
    <Page title="Overview" intro={email === undefined ? undefined : `The account of ${email}.`}>
      <Loaded query={account} what="your account" skeleton={<Waiting />}>
        {(loadedAccount) => (
          <Loaded query={keys} what="your keys" skeleton={<Waiting />}>
            {(loadedKeys) => <Parts account={loadedAccount} keys={loadedKeys} />}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function Parts({ account, keys }: { readonly account: Account; readonly keys: readonly AccountKey[] }) {
  const steps = stepsOf(account, keys, useNow());
  return (
    <>
      <AttentionList account={account} keys={keys} />
      {steps.next !== undefined && <FirstSteps account={account} keys={keys} />}
      {/* Before there is a key, there is nothing to be seen of it. */}
      {steps.hasKey && (
        <>
          <div className="grid">
            <MonthCard account={account} />
            <RateCard account={account} />
          </div>
          <KeysCard account={account} keys={keys} />
          <div className="grid-next">
            <NextCard account={account} keys={keys} />
            <PlanCard account={account} />
          </div>
        </>
      )}
    </>
  );
}

function Waiting() {
  return (
    <div className="grid">
      <Card>
        <Skeleton lines={4} />
      </Card>
      <Card>
        <Skeleton lines={4} />
      </Card>
    </div>
  );
}
