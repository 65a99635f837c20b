import { useState } from 'react';
import { useApi, useRefresh } from '../../api/queries.ts';
import type { CreateKey } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useReveal } from '../../components/reveal.tsx';
import { faultOf } from '../../rules/problem.ts';

const defaultPrefix = 'user';

/**
 * Makes a key, and shows it.
 * @param onMade is handed the key as well, for as long as the page that asks lives
 */
export function useCreateKey(onMade?: (apiKey: string) => void) {
  const api = useApi();
  const reveal = useReveal();
  const refresh = useRefresh();
  const action = useAction((body: CreateKey, idempotencyKey) => api.createKey(body, idempotencyKey));
  async function create(body: CreateKey): Promise<boolean> {
    const made = await action.run(body);
    if (made === undefined) return false;
    const { apiKey, keyId, version, name } = made;
    onMade?.(apiKey);
    reveal({ apiKey, keyId, version, name, cause: 'made' });
    void refresh();
    return true;
  }
  return { create, isRunning: action.isRunning, problem: action.problem, reset: action.reset };
}

export function CreateKeyDialog({
  isOpen,
  onClose,
  onMade,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onMade?: (apiKey: string) => void;
}) {
  const { create, isRunning, problem, reset } = useCreateKey(onMade);
  const [name, setName] = useState('');
  const [prefix, setPrefix] = useState(defaultPrefix);

  function close(): void {
    reset();
    onClose();
  }

  async function submit(): Promise<void> {
    if (!(await create(keyOf(name, prefix)))) return;
    setName('');
    setPrefix(defaultPrefix);
    close();
  }

  return (
    <FormDialog
      isOpen={isOpen}
      onClose={close}
      onSubmit={submit}
      title="Make a key"
      description={
        <p>
          All your keys share the month’s requests. One for each application lets you end one without the
          others.
        </p>
      }
      cancel="Cancel"
      submit="Make the key"
      isBusy={isRunning}
      problem={problem}
      shownPaths={['name', 'prefix']}
    >
      <TextField
        label="Name"
        hint="What you call it, such as Production. Only you see it."
        value={name}
        maxLength={64}
        error={faultOf(problem, 'name')}
        onChange={setName}
      />
      <TextField
        label="Prefix"
        hint={
          <>
            How the key begins: <code translate="no">{prefix === '' ? defaultPrefix : prefix}_…</code>. 2 to
            12 lower-case letters and digits.
          </>
        }
        value={prefix}
        maxLength={12}
        spellCheck={false}
        autoCapitalize="none"
        error={faultOf(problem, 'prefix')}
        onChange={setPrefix}
      />
    </FormDialog>
  );
}

/** What is left empty is for the API to choose. */
export function keyOf(name: string, prefix: string): CreateKey {
  const [wanted, begins] = [name.trim(), prefix.trim()];
  return { ...(wanted === '' ? {} : { name: wanted }), ...(begins === '' ? {} : { prefix: begins }) };
}
