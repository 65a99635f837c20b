import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';
import { Icon, type IconName } from './icon.tsx';

interface NoticeProps {
  readonly tone?: Tone;
  readonly title?: string;
  readonly icon?: IconName;
  /** Buttons. */
  readonly actions?: ReactNode;
  /** `alert` where it appears by what the person just did; `status` where it may wait its turn. */
  readonly role?: 'alert' | 'status';
  readonly children?: ReactNode;
}

const icons: Readonly<Record<Tone, IconName>> = {
  plain: 'info',
  accent: 'info',
  good: 'check',
  warn: 'warning',
  danger: 'stop',
};

export function Notice({ tone = 'plain', title, icon, actions, role, children }: NoticeProps) {
  return (
    <div className={`notice tone-${tone}`} role={role}>
      <Icon name={icon ?? icons[tone]} />
      <div className="notice-text">
        {title !== undefined && <p className="notice-title">{title}</p>}
        {children}
      </div>
      {actions !== undefined && <div className="notice-actions">{actions}</div>}
    </div>
  );
}
