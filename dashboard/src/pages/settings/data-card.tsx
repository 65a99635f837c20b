import { useApi } from '../../api/queries.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { saveFile } from '../../components/save-file.ts';
import { serverNow } from '../../time/clock.ts';

/** All that is kept, as a file. */
export function DataCard() {
  return (
    <Card title="Your data">
      <p>
        All that is kept about you, as one JSON file: account, keys, usage of every month, and the record of
        what was done. Secrets of keys are not in it, for they are kept nowhere.
      </p>
      <ExportButton />
    </Card>
  );
}

export function ExportButton() {
  const api = useApi();
  const announce = useAnnounce();
  const { run, isRunning, problem } = useAction(() => api.exportAccount());
  async function take(): Promise<void> {
    const file = await run(undefined);
    if (file === undefined) return;
    saveFile(`account-${new Date(serverNow()).toISOString().slice(0, 10)}.json`, file);
    announce('Your data is in your downloads.');
  }
  return (
    <>
      <div className="actions">
        <Button icon="download" isBusy={isRunning} onClick={() => void take()}>
          Download my data
        </Button>
      </div>
      {problem !== undefined && <ProblemView problem={problem} onRetry={() => void take()} />}
    </>
  );
}
