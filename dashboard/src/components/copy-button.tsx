import { useEffect, useRef, useState } from 'react';
import { Button, type ButtonLook } from './button.tsx';

interface CopyButtonProps {
  readonly text: string;
  /** `Copy the key`. */
  readonly label?: string;
  readonly look?: ButtonLook;
  readonly isSmall?: boolean;
  /** Element whose text is selected where the clipboard is not allowed. */
  readonly source?: () => Element | null;
  readonly onCopied?: () => void;
}

/** Copies a text; says so on itself, and to screen readers. */
export function CopyButton({ text, label = 'Copy', look, isSmall, source, onCopied }: CopyButtonProps) {
  const [state, setState] = useState<'ready' | 'copied' | 'selected'>('ready');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function copy(): Promise<void> {
    clearTimeout(timer.current);
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
      onCopied?.();
      timer.current = setTimeout(() => setState('ready'), 3000);
    } catch {
      const element = source?.();
      if (element != null) window.getSelection()?.selectAllChildren(element);
      setState('selected');
    }
  }

  return (
    <>
      <Button
        icon={state === 'copied' ? 'tick' : 'copy'}
        {...(look === undefined ? {} : { look })}
        {...(isSmall === undefined ? {} : { isSmall })}
        onClick={() => void copy()}
      >
        {state === 'copied' ? 'Copied' : label}
      </Button>
      <span className={state === 'selected' ? 'soft small' : 'sr-only'} role="status">
        {state === 'copied' && 'Copied to the clipboard.'}
        {state === 'selected' &&
          'Copying is not allowed here: select the text and press Ctrl+C, or ⌘C on a Mac.'}
      </span>
    </>
  );
}
