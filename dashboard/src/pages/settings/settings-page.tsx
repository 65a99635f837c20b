import { useState } from 'react';
import { useAccount } from '../../api/queries.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Choices } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import { chooseTheme, type Theme, useTheme } from '../../layout/theme.ts';
import { useSession } from '../../session/session-context.tsx';
import { AddressCard } from './address-card.tsx';
import { AlertMailCard } from './alert-mail-card.tsx';
import { DataCard } from './data-card.tsx';
import { DeletionCard } from './deletion-card.tsx';
import { KeyMailCard } from './key-mail-card.tsx';
import { OpenPgpCard } from './openpgp-card.tsx';
import './settings.css';

export default function SettingsPage() {
  const account = useAccount();
  return (
    <Page title="Settings" intro="How we reach you, how this page looks, and what becomes of your data.">
      <Loaded query={account} what="your settings" skeleton={<SettingsSkeleton />}>
        {(data) => (
          <div className="settings">
            <AddressCard account={data} />
            <KeyMailCard account={data} />
            <AlertMailCard account={data} />
            <OpenPgpCard account={data} />
            <LooksCard />
            <DataCard />
            <SignOutCard />
            <DeletionCard account={data} />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function LooksCard() {
  const theme = useTheme();
  return (
    <Card title="Looks">
      <Choices<Theme>
        label="Colours"
        value={theme}
        onChange={chooseTheme}
        choices={[
          {
            value: 'system',
            label: 'As the system',
            hint: 'Light or dark, as your computer or phone has it.',
          },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <p className="soft small">The choice is kept in this browser.</p>
    </Card>
  );
}

function SignOutCard() {
  const session = useSession();
  const [isLeaving, setIsLeaving] = useState(false);
  function signOut(): void {
    setIsLeaving(true);
    void session.signOut();
  }
  return (
    <Card title="Sign out">
      <p>Ends your session in this browser. Your keys go on working.</p>
      <div className="actions">
        <Button icon="leave" isBusy={isLeaving} onClick={signOut}>
          Sign out
        </Button>
      </div>
    </Card>
  );
}

function SettingsSkeleton() {
  return (
    <div className="settings">
      {[11, 8, 13].map((lines, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: these cards have nothing else that tells them apart
        <Card key={index}>
          <Skeleton lines={lines} />
        </Card>
      ))}
    </div>
  );
}
