import { Icon } from '../components/icon.tsx';
import { useSessionState } from '../session/session-context.tsx';
import { OpenCount } from './open-count.tsx';

/** On the menu's button: who is signed in; on a phone, that there is more. */
export function AccountLabel() {
  const state = useSessionState();
  const email = 'person' in state ? state.person.email : undefined;
  return (
    <>
      <span className="account-mark" aria-hidden="true">
        {(email ?? '?').charAt(0).toUpperCase()}
      </span>
      <span className="account-icon">
        <Icon name="more" />
        <OpenCount />
      </span>
      <span className="account-email">{email ?? 'Account'}</span>
      <span className="account-more">More</span>
    </>
  );
}
