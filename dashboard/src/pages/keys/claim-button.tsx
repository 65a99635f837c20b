import { useApi, useRefresh } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { useReveal } from '../../components/reveal.tsx';

interface ClaimButtonProps {
  readonly keyToClaim: Pick<AccountKey, 'keyId' | 'name'>;
  readonly isSmall?: boolean;
}

/** Shows the secret that waits, as the link in the mail would. */
export function ClaimButton({ keyToClaim: { keyId, name }, isSmall = false }: ClaimButtonProps) {
  const api = useApi();
  const reveal = useReveal();
  const refresh = useRefresh();
  const action = useAction((id: string, idempotencyKey) => api.claimKey(id, idempotencyKey));

  async function claim(): Promise<void> {
    const claimed = await action.run(keyId);
    if (claimed === undefined) return;
    const { apiKey, version } = claimed;
    reveal({ apiKey, keyId, version, name, cause: 'claimed' });
    void refresh();
  }

  return (
    <>
      <Button
        look="primary"
        icon="key"
        isSmall={isSmall}
        isBusy={action.isRunning}
        onClick={() => void claim()}
      >
        Show the secret<span className="sr-only"> of {name}</span>
      </Button>
      {action.problem !== undefined && <ProblemView problem={action.problem} />}
    </>
  );
}
