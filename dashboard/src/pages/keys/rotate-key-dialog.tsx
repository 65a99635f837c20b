import { useState } from 'react';
import { useApi, useRefresh } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { Choices, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useReveal } from '../../components/reveal.tsx';
import { formatExact, formatRelative } from '../../rules/formats.ts';
import { faultOf } from '../../rules/problem.ts';
import { useNow } from '../../time/clock.ts';

type End = 'at-once' | 'later';
const defaultHours = '24';
const hour = 3_600_000;

interface RotateKeyDialogProps {
  readonly keyToRotate: Pick<AccountKey, 'keyId' | 'name' | 'status'>;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Gives a key a new secret, and shows it. */
export function RotateKeyDialog({ keyToRotate, isOpen, onClose }: RotateKeyDialogProps) {
  const { keyId, name } = keyToRotate;
  const isSuspended = keyToRotate.status === 'suspended';
  const api = useApi();
  const reveal = useReveal();
  const refresh = useRefresh();
  const now = useNow();
  const [chosen, setEnd] = useState<End>();
  // Nothing works with the old secret of a key that is suspended: it may be why it is.
  const end = chosen ?? (isSuspended ? 'at-once' : 'later');
  const [hours, setHours] = useState(defaultHours);
  const [fault, setFault] = useState<string>();
  const action = useAction((graceHours: number, idempotencyKey) =>
    api.rotateKey(keyId, { graceHours }, idempotencyKey),
  );

  function close(): void {
    action.reset();
    setFault(undefined);
    // What stops an application is chosen anew each time.
    setEnd(undefined);
    setHours(defaultHours);
    onClose();
  }

  async function submit(): Promise<void> {
    const graceHours = end === 'at-once' ? 0 : hoursOf(hours);
    setFault(graceHours === undefined ? 'Enter a number of hours from 1 to 168.' : undefined);
    if (graceHours === undefined) return;
    const rotated = await action.run(graceHours);
    if (rotated === undefined) return;
    const { apiKey, version, oldRetiresAt } = rotated;
    close();
    reveal({ apiKey, keyId, version, name, cause: 'rotated', oldRetiresAt });
    void refresh();
  }

  const graceHours = hoursOf(hours);
  return (
    <FormDialog
      isOpen={isOpen}
      onClose={close}
      onSubmit={submit}
      title={`Rotate ${name}`}
      description={
        <>
          <p>
            The key gets a new secret. Its name, its history and the count of its requests stay as they are.
          </p>
          {isSuspended && (
            <p>It stays suspended: the new secret works once you let the key work again, on this page.</p>
          )}
        </>
      }
      cancel="Cancel"
      submit={end === 'at-once' ? 'Rotate and stop the old secret' : 'Rotate'}
      isSevere={end === 'at-once'}
      isBusy={action.isRunning}
      problem={action.problem}
      shownPaths={end === 'later' ? ['graceHours'] : []}
    >
      <Choices
        label="The old secret"
        value={end}
        onChange={setEnd}
        choices={[
          {
            value: 'later',
            label: 'Goes on for some hours',
            hint: 'Change your applications over without a gap: both secrets work until then.',
          },
          {
            value: 'at-once',
            label: 'Stops at once',
            hint: 'For a secret that has leaked. Whatever uses it is refused from the next request on.',
          },
        ]}
      />
      {end === 'later' && (
        <TextField
          label="Hours"
          hint={
            graceHours === undefined
              ? '1 to 168, which is a week.'
              : oldSecretStops(now + graceHours * hour, now)
          }
          inputMode="numeric"
          value={hours}
          error={fault ?? faultOf(action.problem, 'graceHours')}
          onChange={setHours}
        />
      )}
    </FormDialog>
  );
}

/** To the minute, also where days are between: somebody changes applications over by then. */
const oldSecretStops = (at: number, now: number) =>
  `The old secret stops ${formatRelative(at, now)}: ${formatExact(at, now)}.`;

function hoursOf(text: string): number | undefined {
  const hours = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && hours > 0 && hours <= 168 ? hours : undefined;
}
