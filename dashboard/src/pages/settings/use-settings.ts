import { useApi, useRefresh } from '../../api/queries.ts';
import type { ChangeSettings, Settings } from '../../api/types.ts';
import { type Action, useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';

interface SettingsAction extends Pick<Action<ChangeSettings, Settings>, 'isRunning' | 'problem' | 'reset'> {
  /** @returns whether it worked */
  readonly save: (change: ChangeSettings, told: string) => Promise<boolean>;
}

/** Saves one setting; the others stay as they are. */
export function useSettings(): SettingsAction {
  const api = useApi();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const { run, isRunning, problem, reset } = useAction((change: ChangeSettings) =>
    api.changeSettings(change),
  );
  const save = async (change: ChangeSettings, told: string): Promise<boolean> => {
    if ((await run(change)) === undefined) return false;
    announce(told);
    await refresh();
    return true;
  };
  return { save, isRunning, problem, reset };
}
