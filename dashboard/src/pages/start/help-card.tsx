import type { Account } from '../../api/types.ts';
import { OutwardLink } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { useConfig } from '../../config-context.ts';

/** The offer of support for the setup. */
export function HelpCard({ account }: { readonly account: Account | undefined }) {
  const { product, supportAddress, documentationUrl, statusUrl, apiUrl } = useConfig();
  const body = [
    'What I am building, and in which language:',
    '',
    'What happens, and the request id (never the key):',
    '',
    account === undefined ? '' : `Account: ${account.subscriptionId}`,
  ].join('\r\n');
  const mail = `mailto:${supportAddress}?subject=${encodeURIComponent(`Setting up ${product}`)}&body=${encodeURIComponent(body)}`;
  return (
    <Card title="We help you to set it up">
      <p>
        Tell us what you build and where it gets stuck; we go through it with you. A request id says more than
        a screenshot. Nobody of us asks for your key: keep it to yourself, with us too.
      </p>
      <div className="actions">
        <a className="button button-plain" href={mail}>
          <Icon name="mail" size={18} />
          <span>Write to support</span>
        </a>
        <span className="soft">{supportAddress}</span>
      </div>
      <ul className="help-links">
        <li>
          <OutwardLink to={documentationUrl}>Documentation</OutwardLink>
        </li>
        <li>
          <OutwardLink to={`${apiUrl}/openapi.json`}>The API’s description (OpenAPI)</OutwardLink>
        </li>
        <li>
          <OutwardLink to={statusUrl}>Service status</OutwardLink>
        </li>
      </ul>
    </Card>
  );
}
