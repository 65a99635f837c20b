import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './icon.tsx';

export type ButtonLook = 'primary' | 'plain' | 'danger' | 'quiet';

interface Looks {
  readonly look?: ButtonLook;
  readonly icon?: IconName;
  readonly isSmall?: boolean;
}

interface ButtonProps extends Looks, Omit<ComponentProps<'button'>, 'className'> {
  /** Under way: it keeps the focus, and a second press does nothing. */
  readonly isBusy?: boolean | undefined;
  readonly children: ReactNode;
}

export function Button({
  look = 'plain',
  icon,
  isSmall,
  isBusy,
  onClick,
  type = 'button',
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classOf(look, isSmall)}
      aria-disabled={isBusy === true ? true : undefined}
      onClick={(event) => {
        // Not the attribute "disabled": that would take the focus away.
        if (isBusy === true) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {isBusy === true ? (
        <span className="spinner" aria-hidden="true" />
      ) : (
        icon !== undefined && <Icon name={icon} size={18} />
      )}
      <span>{children}</span>
    </button>
  );
}

interface LinkButtonProps extends Looks {
  /** A path of the dashboard. */
  readonly to: string;
  readonly children: ReactNode;
}

/** Leads to another page, and looks like a button. */
export function LinkButton({ to, look = 'plain', icon, isSmall, children }: LinkButtonProps) {
  return (
    <Link href={to} className={classOf(look, isSmall)}>
      {icon !== undefined && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </Link>
  );
}

/** Leads out of the dashboard, beside it: what is shown here is not lost. */
export function OutwardLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <a href={to} target="_blank" rel="noopener noreferrer">
      {children}
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}

function classOf(look: ButtonLook, isSmall: boolean | undefined): string {
  return `button button-${look}${isSmall === true ? ' button-small' : ''}`;
}
