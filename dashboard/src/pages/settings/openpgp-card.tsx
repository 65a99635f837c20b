import { type ChangeEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextArea } from '../../components/field.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { fingerprintOf, grouped, isPrivateKey, openPgpFault } from '../../rules/openpgp.ts';
import { faultOf } from '../../rules/problem.ts';
import { useSettings } from './use-settings.ts';

interface AccountProps {
  readonly account: Account;
}

/** The key that mails with secrets are encrypted to. */
export function OpenPgpCard({ account }: AccountProps) {
  const fingerprint = account.openPgpFingerprint;
  const [isReplacing, setIsReplacing] = useState(false);
  const [isRemoving, setIsRemoving] = useState(false);
  return (
    <Card
      title="Encrypted mail"
      actions={fingerprint === undefined ? <Badge>Off</Badge> : <Badge tone="good">On</Badge>}
    >
      {fingerprint === undefined ? (
        <>
          <p>
            With your OpenPGP public key on file, a new key is mailed as a whole, encrypted so that only you
            can read it. Without one, the mail has a link that opens once.
          </p>
          <KeyForm email={account.email} onSaved={() => {}} />
        </>
      ) : (
        <>
          <p>New keys are mailed to you encrypted to this OpenPGP key.</p>
          <Fingerprint of={fingerprint} email={account.email} />
          {isReplacing ? (
            <KeyForm
              email={account.email}
              onSaved={() => setIsReplacing(false)}
              onCancel={() => setIsReplacing(false)}
            />
          ) : (
            <div className="actions">
              <Button onClick={() => setIsReplacing(true)}>Replace it</Button>
              <Button onClick={() => setIsRemoving(true)}>Remove it</Button>
            </div>
          )}
        </>
      )}
      <RemoveDialog isOpen={isRemoving} onClose={() => setIsRemoving(false)} />
    </Card>
  );
}

function Fingerprint({ of, email }: { readonly of: string; readonly email: string }) {
  const shown = useRef<HTMLElement>(null);
  return (
    <div className="fingerprint">
      <p className="soft small">Fingerprint</p>
      <code ref={shown} translate="no">
        {grouped(of)}
      </code>
      <div className="actions">
        <CopyButton text={of} label="Copy" isSmall source={() => shown.current} />
      </div>
      <p className="soft small">
        Compare it with what your own program says: <code className="command">gpg --fingerprint {email}</code>
      </p>
    </div>
  );
}

interface KeyFormProps {
  readonly email: string;
  readonly onSaved: () => void;
  readonly onCancel?: () => void;
}

/** Paste or file; the fingerprint is there before anything is sent. */
function KeyForm({ email, onSaved, onCancel }: KeyFormProps) {
  const [armored, setArmored] = useState('');
  const [fault, setFault] = useState<string>();
  const [fingerprint, setFingerprint] = useState<string>();
  const { save, isRunning, problem, reset } = useSettings();
  const file = useRef<HTMLInputElement>(null);
  const told = fault ?? faultOf(problem, 'openPgpKey');

  useEffect(() => {
    let isOld = false;
    void fingerprintOf(armored).then((found) => {
      if (!isOld) setFingerprint(found);
    });
    return () => {
      isOld = true;
    };
  }, [armored]);

  function take(text: string): void {
    reset();
    // It is not even kept in this page.
    setArmored(isPrivateKey(text) ? '' : text);
    setFault(isPrivateKey(text) ? openPgpFault(text) : undefined);
  }

  async function takeFile(event: ChangeEvent<HTMLInputElement>): Promise<void> {
    const chosen = event.target.files?.[0];
    if (chosen === undefined) return;
    const text = await chosen.text();
    take(text);
    if (text.trim() !== '') setFault(openPgpFault(text));
    // The same file may be chosen again, once it was changed.
    event.target.value = '';
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isRunning) return;
    const found = openPgpFault(armored);
    setFault(found);
    if (found !== undefined) return;
    if (await save({ openPgpKey: armored }, 'Saved. New keys are mailed encrypted.')) onSaved();
  }

  return (
    <form className="settings-form" onSubmit={(event) => void submit(event)} noValidate>
      <TextArea
        label="Your OpenPGP public key"
        hint={
          <>
            As your program exports it: <code className="command">gpg --armor --export {email}</code>
          </>
        }
        rows={6}
        spellCheck={false}
        autoComplete="off"
        value={armored}
        error={told}
        onChange={take}
      />
      {fingerprint !== undefined && told === undefined && <Fingerprint of={fingerprint} email={email} />}
      <div className="actions">
        <Button type="submit" look="primary" isBusy={isRunning}>
          Save the key
        </Button>
        <Button onClick={() => file.current?.click()}>Choose a file</Button>
        {onCancel !== undefined && (
          <Button look="quiet" onClick={onCancel}>
            Keep the old one
          </Button>
        )}
      </div>
      <input
        ref={file}
        type="file"
        hidden
        accept=".asc,.txt,.pgp,.gpg,.pub"
        aria-label="A file with your OpenPGP public key"
        onChange={(event) => void takeFile(event)}
      />
      {problem !== undefined && <ProblemView problem={problem} shownPaths={['openPgpKey']} />}
    </form>
  );
}

function RemoveDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { save, isRunning, problem } = useSettings();
  async function remove(): Promise<void> {
    if (await save({ openPgpKey: null }, 'Removed. New keys are mailed by a link.')) onClose();
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Remove your OpenPGP key?"
      description={
        <p>
          From the next key on, mails are no longer encrypted: they have a link that opens once. A mail tells
          you of the change. Mails that you have already can still be read.
        </p>
      }
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="primary" isBusy={isRunning} onClick={() => void remove()}>
            Remove it
          </Button>
        </>
      }
    >
      {problem !== undefined && <ProblemView problem={problem} />}
    </Dialog>
  );
}
