import { useState } from 'react';
import { useLocation } from 'wouter';
import { useApi } from '../../api/queries.ts';
import type { Account } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { formatCount } from '../../rules/formats.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { useSession } from '../../session/session-context.tsx';
import { ExportButton } from './data-card.tsx';

interface AccountProps {
  readonly account: Account;
}

export function DeletionCard({ account }: AccountProps) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <Card title="Delete the account">
      <p>Stops all keys, ends payments, and removes what is personal. It cannot be undone.</p>
      <div className="actions">
        <Button onClick={() => setIsAsked(true)}>Delete the account…</Button>
      </div>
      <DeletionDialog account={account} isOpen={isAsked} onClose={() => setIsAsked(false)} />
    </Card>
  );
}

interface DeletionDialogProps extends AccountProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** What goes and what stays; the address is typed, so that nobody does it by a slip. */
function DeletionDialog({ account, isOpen, onClose }: DeletionDialogProps) {
  const api = useApi();
  const session = useSession();
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string>();
  const { run, isRunning, problem, reset } = useAction(() => api.deleteAccount());
  const { email } = account;

  // Whoever opens it once more begins once more.
  function close(): void {
    setTyped('');
    setFault(undefined);
    reset();
    onClose();
  }

  async function submit(): Promise<void> {
    const isSame = typed.trim().toLowerCase() === email.toLowerCase();
    setFault(isSame ? undefined : `This is not your address. Type ${email}.`);
    if (!isSame || (await run(undefined)) === undefined) return;
    navigate('/goodbye', { replace: true, state: { isDeleted: true } });
    await session.end();
  }

  return (
    <FormDialog
      isOpen={isOpen}
      isWide
      onClose={close}
      onSubmit={submit}
      title="Delete the account for good?"
      description={<WhatGoes account={account} />}
      cancel="Keep the account"
      submit="Delete it for good"
      isSevere
      isBusy={isRunning}
      problem={problem}
    >
      <ExportButton />
      <TextField
        label="Type your address to confirm"
        hint={email}
        type="email"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        error={fault}
        onChange={(text) => {
          setTyped(text);
          setFault(undefined);
        }}
      />
    </FormDialog>
  );
}

function WhatGoes({ account: { keys, tier, payment } }: AccountProps) {
  const pays = payment?.status === 'active' || payment?.status === 'past-due';
  return (
    <div className="what-goes">
      <div>
        <h3>What goes</h3>
        <ul>
          <li>
            {keys.live === 0
              ? 'Your access: no key can be made any more.'
              : `${formatCount(keys.live, 'key')}: requests with ${keys.live === 1 ? 'it' : 'them'} are refused from then on.`}
          </li>
          {pays && (
            <li>
              {tierTitle(tier)}, with the rest of what is paid. Nothing more is charged, and nothing is given
              back by itself.
            </li>
          )}
          <li>
            Your name, address, OpenPGP key, names of keys, and your sign-in here: all of it within the hour.
          </li>
        </ul>
      </div>
      <div>
        <h3>What stays</h3>
        <ul>
          <li>
            The record that an account with a random number made and rotated keys, and the counts of its
            requests. It names nobody.
          </li>
          <li>Log files, until their time is over.</li>
        </ul>
      </div>
      <p className="soft">You can sign up with the same address again; it is then a new account.</p>
    </div>
  );
}
