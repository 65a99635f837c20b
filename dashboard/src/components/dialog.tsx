import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly isOpen: boolean;
  /** Asked to close, by Escape, by the cross or from outside. */
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  /** Buttons, the one that does something last. */
  readonly actions?: ReactNode;
  /** Only its own buttons close it: something would be lost otherwise. */
  readonly isFirm?: boolean;
  readonly isWide?: boolean;
  readonly children?: ReactNode;
}

/** A question, or a small form, before the page; the focus stays in it and goes back to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  actions,
  isFirm = false,
  isWide = false,
  children,
}: DialogProps) {
  const opener = useRef<Element>(null);
  const popup = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (isOpen) opener.current = document.activeElement;
  }, [isOpen]);
  return (
    <Base.Root
      open={isOpen}
      disablePointerDismissal={isFirm}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Base.Portal className="dialog-portal">
        <Base.Backdrop className="backdrop" />
        <Base.Viewport className="dialog-place">
          <Base.Popup
            className={isWide ? 'dialog dialog-wide' : 'dialog'}
            finalFocus={() => focusAfter(opener.current)}
            ref={popup}
            // A form is typed into at once; a finger does not want the keyboard before it asks.
            initialFocus={(by) => (by === 'touch' ? null : fieldIn(popup.current)) ?? true}
          >
            <div className="dialog-head">
              <Base.Title className="dialog-title">{title}</Base.Title>
              {!isFirm && (
                <Base.Close className="icon-button" aria-label="Close">
                  <Icon name="close" />
                </Base.Close>
              )}
            </div>
            {description !== undefined && (
              <Base.Description className="dialog-description" render={<div />}>
                {description}
              </Base.Description>
            )}
            {children}
            {actions !== undefined && <div className="actions actions-end">{actions}</div>}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

function fieldIn(popup: HTMLElement | null): HTMLElement | null {
  return popup?.querySelector<HTMLElement>('input, textarea, select') ?? null;
}

/** Where the focus was; or the page's heading, where what had it is gone by then. */
function focusAfter(opener: Element | null): HTMLElement | null {
  const isThere = opener instanceof HTMLElement && opener !== document.body && opener.isConnected;
  return isThere ? opener : document.querySelector<HTMLElement>('main h1');
}
