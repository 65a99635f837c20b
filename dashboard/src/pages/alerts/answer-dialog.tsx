import { useState } from 'react';
import { useApi, useRefresh } from '../../api/queries.ts';
import type { AccountAlert, AlertAnswer } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useReveal } from '../../components/reveal.tsx';
import { afterExpected } from '../../rules/alert-answer.ts';
import { HoldingAlert } from './alert-parts.tsx';
import { answerWords, type Question } from './answer-words.ts';

interface AnswerDialogProps {
  /** Absent: the dialog is closed. */
  readonly question: Question | undefined;
  readonly onClose: () => void;
}

/** Says what an answer will do, and does it with one click more; a new secret is shown. */
export function AnswerDialog({ question, onClose }: AnswerDialogProps) {
  const [last, setLast] = useState(question);
  if (question !== undefined && question !== last) setLast(question);
  // Closed rather than gone, so that it hands the focus on.
  return last === undefined ? null : <Asking {...last} isOpen={question !== undefined} onClose={onClose} />;
}

interface AskingProps extends Question {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function Asking({ isOpen, onClose, ...asked }: AskingProps) {
  const { alert, answer, keyThen } = asked;
  const { alertId, keyName } = alert;
  const api = useApi();
  const reveal = useReveal();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const action = useAction(
    async (given: Pick<AccountAlert, 'alertId'> & { readonly answer: AlertAnswer }, idempotencyKey) => {
      const answered = await api.answerAlert(given.alertId, given.answer, idempotencyKey);
      // It is said to be done when the page says so, too; but a secret does not wait.
      if (answered.key === undefined) await refresh();
      return answered;
    },
  );
  const { question: title, follows, submit, isSevere, done } = answerWords(asked);
  const after = afterExpected(alert, keyThen);

  function close(): void {
    action.reset();
    onClose();
  }

  async function send(): Promise<void> {
    const answered = await action.run({ alertId, answer });
    if (answered === undefined) return;
    close();
    if (answered.key === undefined) return announce(done);
    const { apiKey, keyId, version, oldRetiresAt } = answered.key;
    reveal({ apiKey, keyId, version, name: keyName ?? keyId, cause: 'rotated', oldRetiresAt });
    await refresh();
  }

  return (
    <FormDialog
      isOpen={isOpen}
      onClose={close}
      onSubmit={send}
      title={title}
      description={
        <ul>
          {follows.map((each) => (
            <li key={each}>{each}</li>
          ))}
          {answer === 'expected' && after.kind === 'held' && (
            <li>
              <HoldingAlert alertId={after.by} /> holds the key still: answer that one as well, or give the
              key a new secret.
            </li>
          )}
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
