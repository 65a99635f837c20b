import { useEffect, useState } from 'react';
import { useAccount } from '../../api/queries.ts';
import { Page } from '../../components/page.tsx';
import { CodeStep } from './code-step.tsx';
import { Console } from './console.tsx';
import { HelpCard } from './help-card.tsx';
import { KeyStep } from './key-step.tsx';
import { ErrorsCard, LimitsCard, MessagesCard } from './reference.tsx';
import { RotationCard } from './rotation-card.tsx';
import './start.css';

const parts = [
  ['key', 'Your key'],
  ['console', 'Try it'],
  ['code', 'Your code'],
  ['messages', 'Request and answer'],
  ['limits', 'Limits'],
  ['errors', 'Errors'],
  ['rotation', 'Rotation'],
  ['help', 'Help'],
] as const;

/** The integration guide: from no key to a program that calls the API, and what it must know to go on doing so. */
export default function StartPage() {
  const { data: account } = useAccount();
  const [madeKey, setMadeKey] = useState('');
  // Nobody finds the key by the browser's Back button.
  useEffect(() => {
    const forget = () => setMadeKey('');
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);
  return (
    <Page
      title="Get started"
      intro="From a key to the first answer, here and in your own program; then all that a program should know."
    >
      <nav className="contents" aria-label="On this page">
        <ul>
          {parts.map(([id, label]) => (
            <li key={id}>
              <a href={`#${id}`}>{label}</a>
            </li>
          ))}
        </ul>
      </nav>
      <div id="key" className="guide-part">
        <KeyStep onMade={setMadeKey} />
      </div>
      <div id="console" className="guide-part">
        <Console key={madeKey} madeKey={madeKey} account={account} />
      </div>
      <div id="code" className="guide-part">
        <CodeStep />
      </div>
      <div id="messages" className="guide-part">
        <MessagesCard />
      </div>
      <div id="limits" className="guide-part">
        <LimitsCard account={account} />
      </div>
      <div id="errors" className="guide-part">
        <ErrorsCard />
      </div>
      <div id="rotation" className="guide-part">
        <RotationCard />
      </div>
      <div id="help" className="guide-part">
        <HelpCard account={account} />
      </div>
    </Page>
  );
}
