import { useState } from 'react';
import { useApi, useRefresh } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { When } from '../../components/when.tsx';
import { lastUse } from '../../rules/key-state.ts';

interface RevokeKeyDialogProps {
  readonly keyToRevoke: AccountKey;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Ends a key for good, once its name has been typed. */
export function RevokeKeyDialog({ keyToRevoke, isOpen, onClose }: RevokeKeyDialogProps) {
  const { keyId, name } = keyToRevoke;
  const api = useApi();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string>();
  const action = useAction(async () => {
    const revoked = await api.revokeKey(keyId);
    // It is said to have ended when the page says so, too.
    await refresh();
    return revoked;
  });
  const usedAt = lastUse(keyToRevoke);

  function close(): void {
    action.reset();
    setTyped('');
    setFault(undefined);
    onClose();
  }

  async function submit(): Promise<void> {
    const isRight = typed.trim() === name.trim();
    setFault(isRight ? undefined : `Type the key’s name, ${name}, to confirm.`);
    if (!isRight || (await action.run(undefined)) === undefined) return;
    close();
    announce(`${name} is revoked.`);
  }

  return (
    <FormDialog
      isOpen={isOpen}
      onClose={close}
      onSubmit={submit}
      title={`Revoke ${name}?`}
      description={
        <ul>
          <li>
            It stops <strong>with the next request</strong>, and never works again. This cannot be undone.
          </li>
          <li>
            {usedAt === undefined ? (
              'It was not used within this month or the last one.'
            ) : (
              <>
                It was last used <When at={usedAt} as="past" />.
              </>
            )}
          </li>
          <li>Its history stays, and the month’s count too.</li>
        </ul>
      }
      cancel="Keep it"
      submit="Revoke for good"
      isSevere
      isBusy={action.isRunning}
      problem={action.problem}
    >
      <TextField
        label="Name of the key"
        hint={
          <>
            Type <strong>{name}</strong> to confirm.
          </>
        }
        value={typed}
        error={fault}
        spellCheck={false}
        autoCapitalize="none"
        onChange={setTyped}
      />
    </FormDialog>
  );
}
