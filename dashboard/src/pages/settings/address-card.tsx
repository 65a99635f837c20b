import { type FormEvent, useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { TextField } from '../../components/field.tsx';
import { Notice } from '../../components/notice.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { When } from '../../components/when.tsx';
import { faultOf } from '../../rules/problem.ts';
import { useSettings } from './use-settings.ts';

interface AccountProps {
  readonly account: Account;
}

/** Where mails go, and whether they arrive; the name that they greet. */
export function AddressCard({ account }: AccountProps) {
  const { email, undeliverable } = account;
  return (
    <Card
      title="Address and name"
      actions={
        undeliverable === undefined ? (
          <Badge tone="good">Takes mail</Badge>
        ) : (
          <Badge tone="danger">No mail is sent</Badge>
        )
      }
    >
      <Undeliverable account={account} />
      <Facts>
        <Fact name="Mails go to">
          <span className="settings-address">{email}</span>
        </Fact>
      </Facts>
      <p className="soft small">
        To have them go to another address, write to <SupportLink />.
      </p>
      <NameForm account={account} />
    </Card>
  );
}

function Undeliverable({ account: { email, undeliverable } }: AccountProps) {
  if (undeliverable === undefined) return null;
  const isBounce = undeliverable.cause === 'bounce';
  return (
    <Notice tone="danger" title={isBounce ? `Mails to ${email} come back` : `Mails to ${email} are stopped`}>
      <p>
        {isBounce
          ? 'Its mail server refuses them for good. So none have been sent there '
          : 'One of our mails was marked as spam. So none have been sent there '}
        since <When at={undeliverable.at} as="time" />: you are not told before a key rotates, nor of
        payments.
      </p>
      <p>
        Your keys rotate all the same. Take each new secret here, on the page of the key, before the old one
        ends.
      </p>
      <p>
        {isBounce ? (
          <>
            What to do: see that the mailbox exists and takes mail, or choose another. Then write to{' '}
            <SupportLink />.
          </>
        ) : (
          <>
            What to do: if that was a mistake, take our mails out of your spam folder. Then write to{' '}
            <SupportLink />.
          </>
        )}{' '}
        They switch it on again.
      </p>
    </Notice>
  );
}

function NameForm({ account }: AccountProps) {
  const [name, setName] = useState(account.name ?? '');
  const { save, isRunning, problem } = useSettings();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const typed = name.trim();
    if (isRunning) return;
    await save(
      { name: typed === '' ? null : typed },
      typed === '' ? 'Your name is removed.' : 'Your name is saved.',
    );
  }

  return (
    <form className="settings-form" onSubmit={(event) => void submit(event)} noValidate>
      <TextField
        label="Your name"
        isOptional
        hint="For greetings in mails, and nothing else."
        name="name"
        autoComplete="name"
        maxLength={100}
        value={name}
        error={faultOf(problem, 'name')}
        onChange={setName}
      />
      <div className="actions">
        <Button type="submit" isBusy={isRunning}>
          Save the name
        </Button>
      </div>
      {problem !== undefined && <ProblemView problem={problem} shownPaths={['name']} />}
    </form>
  );
}
