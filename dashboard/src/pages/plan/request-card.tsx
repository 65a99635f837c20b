import { useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Badge, type Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { When } from '../../components/when.tsx';
import type { Asked } from './plan-page.tsx';
import { useTierChange } from './use-tier-change.ts';

interface RequestCardProps {
  readonly account: Account;
  readonly onChoose: (asked: Asked) => void;
}

type Request = NonNullable<Account['request']>;

const states: Readonly<Record<Request['status'], readonly [Tone, string]>> = {
  open: ['accent', 'Open'],
  approved: ['good', 'Approved'],
  declined: ['warn', 'Declined'],
  withdrawn: ['plain', 'Taken back'],
};

/** A request for the enterprise tier: what was asked, and what came of it. */
export function RequestCard({ account, onChoose }: RequestCardProps) {
  const { request, tier } = account;
  if (request === undefined || request.status === 'withdrawn') return null;
  // What was approved and has ended since is told by the record.
  if (request.status === 'approved' && tier !== 'enterprise') return null;
  const [tone, word] = states[request.status];
  return (
    <Card title="Your request for Enterprise" actions={<Badge tone={tone}>{word}</Badge>}>
      <Facts>
        <Fact name="Asked">
          <When at={request.requestedAt} as="date" />
        </Fact>
        {request.answeredAt !== undefined && (
          <Fact name="Answered">
            <When at={request.answeredAt} as="date" />
          </Fact>
        )}
      </Facts>
      {request.note !== undefined && <Words of="What you wrote">{request.note}</Words>}
      {request.reason !== undefined && <Words of="Our answer">{request.reason}</Words>}
      {request.status === 'open' && <OpenRequest account={account} onChoose={onChoose} />}
      {request.status === 'declined' && (
        <p>Your tier stays as it is. You can ask again whenever things change.</p>
      )}
    </Card>
  );
}

function Words({ of, children }: { readonly of: string; readonly children: string }) {
  return (
    <div>
      <p className="soft small">{of}</p>
      <p className="request-words">{children}</p>
    </div>
  );
}

function OpenRequest({ account, onChoose }: RequestCardProps) {
  const [isWithdrawing, setIsWithdrawing] = useState(false);
  const offer = account.tiers.find(({ name }) => name === 'enterprise');
  return (
    <>
      <p>Somebody reads it and answers by mail. Until then your tier stays as it is.</p>
      <div className="actions">
        {offer !== undefined && (
          <Button onClick={() => onChoose({ offer, choice: { kind: 'ask' } })}>Change what you wrote</Button>
        )}
        <Button onClick={() => setIsWithdrawing(true)}>Take it back</Button>
      </div>
      <WithdrawDialog account={account} isOpen={isWithdrawing} onClose={() => setIsWithdrawing(false)} />
    </>
  );
}

interface WithdrawDialogProps {
  readonly account: Account;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function WithdrawDialog({ account, isOpen, onClose }: WithdrawDialogProps) {
  const { change, isBusy, problem } = useTierChange();
  async function withdraw(): Promise<void> {
    // Choosing the tier that one has takes an open request back.
    if (await change([{ tier: account.tier }], 'Your request is taken back.')) onClose();
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Take the request back?"
      description={
        <>
          <p>Nobody will answer it. Your tier stays as it is, with your keys and the count of the month.</p>
          {account.checkout !== undefined && <p>The payment for Pro that you began is given up as well.</p>}
        </>
      }
      actions={
        <>
          <Button onClick={onClose}>Leave it open</Button>
          <Button look="primary" isBusy={isBusy} onClick={() => void withdraw()}>
            Take it back
          </Button>
        </>
      }
    >
      {problem !== undefined && <ProblemView problem={problem} />}
    </Dialog>
  );
}
