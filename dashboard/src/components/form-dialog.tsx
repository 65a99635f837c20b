import type { ReactNode } from 'react';
import type { Problem } from '../rules/problem.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ProblemView } from './problem-view.tsx';

interface FormDialogProps {
  readonly isOpen: boolean;
  /** Asked to close, by its own button too. */
  readonly onClose: () => void;
  readonly onSubmit: () => Promise<void>;
  readonly title: string;
  readonly description?: ReactNode;
  readonly isWide?: boolean;
  /** What the button says that leaves all as it is. */
  readonly cancel: string;
  readonly submit: string;
  /** It ends something. */
  readonly isSevere?: boolean;
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  /** Paths of faults that the fields show themselves. */
  readonly shownPaths?: readonly string[];
  /** Fields; none where there is only a question. */
  readonly children?: ReactNode;
}

/** A form before the page: its fields, what went wrong, and its two buttons. Enter sends it. */
export function FormDialog({
  isOpen,
  onClose,
  onSubmit,
  title,
  description,
  isWide = false,
  cancel,
  submit,
  isSevere = false,
  isBusy,
  problem,
  shownPaths = [],
  children,
}: FormDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={description} isWide={isWide}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        {children}
        {problem !== undefined && <ProblemView problem={problem} shownPaths={shownPaths} />}
        <div className="actions actions-end">
          <Button onClick={onClose}>{cancel}</Button>
          <Button look={isSevere ? 'danger' : 'primary'} type="submit" isBusy={isBusy}>
            {submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
