import { useEffect, useState } from 'react';
import type { Account, ChooseTier } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextArea } from '../../components/field.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { faultOf } from '../../rules/problem.ts';
import { ChangeWords, confirmationOf } from './change-words.tsx';
import type { Asked } from './plan-page.tsx';
import { useTierChange } from './use-tier-change.ts';

interface ChangeDialogProps {
  readonly account: Account;
  readonly asked: Asked | undefined;
  readonly onClose: () => void;
}

/** Says exactly what a change does, and when, before it is made. */
export function ChangeDialog({ account, asked, onClose }: ChangeDialogProps) {
  // What was asked last stays while the dialog closes.
  const [shown, setShown] = useState(asked);
  const [note, setNote] = useState('');
  const { change, isBusy, problem, reset } = useTierChange();
  const written = account.request?.status === 'open' ? account.request.note : undefined;
  useEffect(() => {
    if (asked === undefined) return;
    setShown(asked);
    setNote((typed) => (typed === '' ? (written ?? '') : typed));
    reset();
  }, [asked, reset, written]);
  if (shown === undefined) return null;
  const { offer, choice } = shown;
  const { title, button, isSevere } = confirmationOf(offer, choice);
  const isAsking = choice.kind === 'ask';

  async function confirm(): Promise<void> {
    if (await change(stepsOf(offer.name, choice.kind, note))) {
      if (choice.kind === 'ask') setNote('');
      if (!leadsToStripe(choice.kind)) onClose();
    }
  }

  return (
    <Dialog
      isOpen={asked !== undefined}
      onClose={onClose}
      title={title}
      description={<ChangeWords account={account} offer={offer} choice={choice} />}
      actions={
        <>
          <Button onClick={onClose}>{isAsking ? 'Not now' : 'Leave it as it is'}</Button>
          <Button look={isSevere ? 'danger' : 'primary'} isBusy={isBusy} onClick={() => void confirm()}>
            {button}
          </Button>
        </>
      }
    >
      {isAsking && (
        <TextArea
          label="What do you need?"
          isOptional
          hint="How many requests a month, how fast, from when on, and what for."
          value={note}
          maxLength={1000}
          error={faultOf(problem, 'note')}
          onChange={setNote}
        />
      )}
      {problem !== undefined && <ProblemView problem={problem} shownPaths={isAsking ? ['note'] : []} />}
    </Dialog>
  );
}

/** These dialogs stay, busy, until Stripe's page is there. */
function leadsToStripe(kind: Asked['choice']['kind']): boolean {
  return kind === 'pay' || kind === 'pay-on' || kind === 'end-and-pay';
}

function stepsOf(
  tier: ChooseTier['tier'],
  kind: Asked['choice']['kind'],
  note: string,
): readonly ChooseTier[] {
  // A note is one line to whoever reads it.
  const line = note.replace(/\s+/g, ' ').trim();
  return [kind === 'ask' && line !== '' ? { tier, note: line } : { tier }];
}
