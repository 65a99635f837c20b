import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { useAccount, useApi, useRefresh } from '../api/queries.ts';
import { useSecretsInHand } from '../api/secrets-in-hand.tsx';
import { useAction } from '../api/use-action.ts';
import { serverNow } from '../time/clock.ts';
import { useAnnounce } from './announcer.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Notice } from './notice.tsx';
import { useOverlay } from './overlay.tsx';
import { ProblemView } from './problem-view.tsx';
import { SecretView } from './secret-view.tsx';
import { When } from './when.tsx';

/** A key's secret that has just been made or claimed. */
export interface RevealedSecret {
  readonly apiKey: string;
  readonly keyId: string;
  readonly version: number;
  /** What the owner calls the key. */
  readonly name: string;
  readonly cause: 'made' | 'rotated' | 'claimed';
  /** When the secret before it stops. */
  readonly oldRetiresAt?: string;
}

/**
 * Shows a secret once, above whatever page is open. It lives in the state of what shows it, and is gone with it.
 * @returns a function that shows one
 */
export function useReveal(): (secret: RevealedSecret) => void {
  const show = useOverlay();
  const { take, giveBack } = useSecretsInHand();
  return (secret) => {
    // The page's state gets the id alone, not the secret.
    const id = { keyId: secret.keyId, version: secret.version };
    take(id);
    const close = () => show(null);
    const leave = () => {
      close();
      giveBack(id);
    };
    show(<Reveal {...secret} onStored={close} onLeave={leave} />);
  };
}

const titles: Readonly<Record<RevealedSecret['cause'], string>> = {
  made: 'Your new key',
  rotated: 'Your new secret',
  claimed: 'Your key',
};

interface RevealProps extends RevealedSecret {
  readonly onStored: () => void;
  readonly onLeave: () => void;
}

function Reveal(secret: RevealProps) {
  const { apiKey, keyId, version, name, cause, oldRetiresAt, onStored, onLeave } = secret;
  const api = useApi();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const [isLeaving, setIsLeaving] = useState(false);
  const store = useAction((stored: { keyId: string; version: number }, idempotencyKey) =>
    api.storeSecret(stored.keyId, stored.version, idempotencyKey),
  );

  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    // Nobody finds the key by the browser's Back button, not even for the moment in which it is drawn.
    const forget = () => flushSync(onLeave);
    window.addEventListener('beforeunload', warn);
    window.addEventListener('pagehide', forget);
    return () => {
      window.removeEventListener('beforeunload', warn);
      window.removeEventListener('pagehide', forget);
    };
  }, [onLeave]);

  async function end(): Promise<void> {
    const stored = await store.run({ keyId, version });
    if (stored === undefined) return;
    onStored();
    announce(`Stored. The secret of ${name} is not shown again.`);
    await refresh();
  }

  function leave(): void {
    onLeave();
    void refresh();
  }

  if (isLeaving) {
    return (
      <Dialog
        // A dialog of its own, which takes the focus.
        key="leave"
        isOpen
        isFirm
        onClose={() => setIsLeaving(false)}
        title="Leave without storing it?"
        description={<AfterLeaving cause={cause} />}
        actions={
          <>
            <Button onClick={leave}>Leave</Button>
            <Button look="primary" onClick={() => setIsLeaving(false)}>
              Back to the key
            </Button>
          </>
        }
      />
    );
  }
  return (
    <Dialog
      key="secret"
      isOpen
      isFirm
      isWide
      onClose={() => setIsLeaving(true)}
      title={titles[cause]}
      description={
        <p>
          <strong>{name}</strong> is shown here once. Store it now, in a password manager or in the secret
          store of your application.
        </p>
      }
      actions={
        <>
          <Button look="quiet" onClick={() => setIsLeaving(true)}>
            Close without storing
          </Button>
          <Button look="primary" icon="tick" isBusy={store.isRunning} onClick={() => void end()}>
            I have stored it
          </Button>
        </>
      }
    >
      <SecretView apiKey={apiKey} name={name} />
      {oldRetiresAt !== undefined && <OldSecret retiresAt={oldRetiresAt} />}
      <WhatNext cause={cause} />
      {store.problem !== undefined && <ProblemView problem={store.problem} onRetry={() => void end()} />}
    </Dialog>
  );
}

function OldSecret({ retiresAt }: { readonly retiresAt: string }) {
  const isOver = Date.parse(retiresAt) <= serverNow();
  return (
    <Notice tone="warn">
      {isOver ? (
        <p>The old secret has stopped working: whatever uses it needs this one now.</p>
      ) : (
        <p>
          The old secret stops <When at={retiresAt} />. Change over by then; both work until that time.
        </p>
      )}
    </Notice>
  );
}

function WhatNext({ cause }: { readonly cause: RevealedSecret['cause'] }) {
  const { data: account } = useAccount();
  if (account === undefined) return null;
  const { email, preferences, openPgpFingerprint, undeliverable } = account;
  if (cause === 'claimed') {
    return (
      <p className="soft">
        Once you say that you have stored it, nobody can read it here again, not even we.
      </p>
    );
  }
  if (!preferences.mailNewKeys) {
    return <p className="soft">As you wished, it is not mailed to you: there is no second copy.</p>;
  }
  if (undeliverable !== undefined) {
    return (
      <p className="soft">Mails do not reach you at {email}: there is no second copy in your mailbox.</p>
    );
  }
  return (
    <p className="soft">
      {openPgpFingerprint === undefined
        ? `A link to it is on its way to ${email}, in case you lose it. The link ends once you say that you have stored it.`
        : `It is on its way to ${email} as well, encrypted to your OpenPGP key.`}
    </p>
  );
}

function AfterLeaving({ cause }: { readonly cause: RevealedSecret['cause'] }) {
  const { data: account } = useAccount();
  if (cause === 'claimed') {
    return (
      <p>
        It has been claimed, and is not shown a second time. If you lose it, rotate the key to get another.
      </p>
    );
  }
  if (account?.preferences.mailNewKeys === false) {
    return (
      <p>
        It is not mailed to you, and not shown a second time. If you lose it, rotate the key to get another.
      </p>
    );
  }
  return (
    <p>
      It waits for you: claim it on the key’s page
      {account?.undeliverable === undefined && ', or by the link in your mail'}. After three days it is gone.
    </p>
  );
}
