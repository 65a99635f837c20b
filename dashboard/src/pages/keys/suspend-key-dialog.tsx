import { useApi, useRefresh } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';

interface SuspensionDialogProps {
  readonly keyShown: AccountKey;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Stops a key until its owner lets it work again. */
export function SuspendKeyDialog({ keyShown, isOpen, onClose }: SuspensionDialogProps) {
  const { name } = keyShown;
  const { submit, isRunning, problem, close } = useSuspension(keyShown, true, onClose);
  return (
    <FormDialog
      isOpen={isOpen}
      onClose={close}
      onSubmit={submit}
      title={`Suspend ${name}?`}
      description={
        <ul>
          <li>The next request with it is refused, whoever sends it. What you run with it stops as well.</li>
          <li>You can let it work again here, whenever you like: its secret stays as it is.</li>
          <li>
            Has somebody else the secret? Then rotate the key, before or after: a new secret is what helps.
          </li>
        </ul>
      }
      cancel="Cancel"
      submit="Suspend the key"
      isBusy={isRunning}
      problem={problem}
    />
  );
}

/** Lifts what the owner has suspended, and what was suspended because it was unusual. */
export function ResumeKeyDialog({ keyShown, isOpen, onClose }: SuspensionDialogProps) {
  const { name, suspensions } = keyShown;
  const { submit, isRunning, problem, close } = useSuspension(keyShown, false, onClose);
  const isHeld = suspensions.admin !== undefined || suspensions.payment !== undefined;
  return (
    <FormDialog
      isOpen={isOpen}
      onClose={close}
      onSubmit={submit}
      title={`Let ${name} work again?`}
      description={
        <ul>
          {isHeld ? (
            <li>It goes on being refused for as long as it is suspended for another cause as well.</li>
          ) : (
            <li>It works with the next request, with the secret that it has: whoever has that can use it.</li>
          )}
          {suspensions.anomaly !== undefined && (
            <li>
              It was suspended because it was used in an unusual way. If that was not you, give it a new
              secret instead.
            </li>
          )}
        </ul>
      }
      cancel="Cancel"
      submit="Let it work again"
      isBusy={isRunning}
      problem={problem}
    />
  );
}

function useSuspension({ keyId, name }: AccountKey, suspended: boolean, onClose: () => void) {
  const api = useApi();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const { run, reset, isRunning, problem } = useAction(async (wanted: boolean) => {
    const changed = await api.suspendKey(keyId, wanted);
    // It is said to be so when the page says so, too.
    await refresh();
    return changed;
  });
  const close = () => {
    reset();
    onClose();
  };
  const submit = async () => {
    const changed = await run(suspended);
    if (changed === undefined) return;
    close();
    const works = changed.status === 'active' ? 'works again' : 'is suspended still, for another cause';
    announce(suspended ? `${name} is suspended.` : `${name} ${works}.`);
  };
  return { submit, isRunning, problem, close };
}
