import { useApi, useRefresh } from '../../api/queries.ts';
import type { AccountAlert, AlertAnswer } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useReveal } from '../../components/reveal.tsx';
import { answerWords } from './answer-words.ts';

interface AnswerDialogProps {
  readonly alert: AccountAlert;
  readonly answer: AlertAnswer;
  readonly onClose: () => void;
}

/** Says what an answer will do, and does it with one click more; a new secret is shown. */
export function AnswerDialog({ alert, answer, onClose }: AnswerDialogProps) {
  const { alertId, keyName } = alert;
  const api = useApi();
  const reveal = useReveal();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const action = useAction((given: AlertAnswer, idempotencyKey) =>
    api.answerAlert(alertId, given, idempotencyKey),
  );
  const { question, follows, submit, isSevere, done } = answerWords(alert, answer);

  async function send(): Promise<void> {
    const answered = await action.run(answer);
    if (answered === undefined) return;
    onClose();
    if (answered.key === undefined) announce(done);
    else {
      const { apiKey, keyId, version, oldRetiresAt } = answered.key;
      reveal({ apiKey, keyId, version, name: keyName ?? keyId, cause: 'rotated', oldRetiresAt });
    }
    await refresh();
  }

  return (
    <FormDialog
      isOpen
      onClose={onClose}
      onSubmit={send}
      title={question}
      description={
        <ul>
          {follows.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      }
      cancel="Cancel"
      submit={submit}
      isSevere={isSevere}
      isBusy={action.isRunning}
      problem={action.problem}
    />
  );
}
