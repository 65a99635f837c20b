import { Menu } from '@base-ui/react/menu';
import { useRef } from 'react';
import { useLocation } from 'wouter';
import { Icon, type IconName } from '../components/icon.tsx';
import { useSession, useSessionState } from '../session/session-context.tsx';
import { AccountLabel } from './account-label.tsx';
import { OpenCount } from './open-count.tsx';
import { chooseTheme, type Theme, themes, useTheme } from './theme.ts';

const themeNames: Readonly<Record<Theme, [string, IconName]>> = {
  system: ['As the system', 'system'],
  light: ['Light', 'sun'],
  dark: ['Dark', 'moon'],
};

/** Who is signed in, colours, signing out; on a phone also the pages that its bar has no room for. */
export default function AccountMenu() {
  const session = useSession();
  const state = useSessionState();
  const theme = useTheme();
  const [, navigate] = useLocation();
  // In the page's header rather than at its end, so that it belongs to a landmark.
  const place = useRef<HTMLDivElement>(null);
  const email = 'person' in state ? state.person.email : undefined;
  return (
    <Menu.Root>
      <Menu.Trigger className="account-button">
        <AccountLabel />
      </Menu.Trigger>
      <Menu.Portal container={place}>
        <Menu.Positioner
          className="menu-place"
          sideOffset={8}
          align="start"
          positionMethod="fixed"
          collisionPadding={8}
        >
          <Menu.Popup className="menu">
            {email !== undefined && <p className="menu-who">Signed in as {email}</p>}
            <div className="only-on-phone">
              <Menu.Item className="menu-item" onClick={() => navigate('/alerts')}>
                <Icon name="bell" size={18} /> Alerts <OpenCount />
              </Menu.Item>
              <Menu.Item className="menu-item" onClick={() => navigate('/plan')}>
                <Icon name="plan" size={18} /> Plan
              </Menu.Item>
              <Menu.Item className="menu-item" onClick={() => navigate('/settings')}>
                <Icon name="settings" size={18} /> Settings
              </Menu.Item>
              <Menu.Separator className="menu-line" />
            </div>
            <Menu.Group>
              <Menu.GroupLabel className="menu-label">Colours</Menu.GroupLabel>
              <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => chooseTheme(value)}>
                {themes.map((each) => {
                  const [name, icon] = themeNames[each];
                  return (
                    <Menu.RadioItem key={each} value={each} className="menu-item">
                      <Icon name={icon} size={18} /> {name}
                      <Menu.RadioItemIndicator className="menu-tick">
                        <Icon name="tick" size={18} />
                      </Menu.RadioItemIndicator>
                    </Menu.RadioItem>
                  );
                })}
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item" onClick={() => void session.signOut()}>
              <Icon name="leave" size={18} /> Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
      <div ref={place} />
    </Menu.Root>
  );
}
