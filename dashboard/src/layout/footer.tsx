import { OutwardLink } from '../components/button.tsx';
import { SupportLink } from '../components/support-link.tsx';
import { useConfig } from '../config-context.ts';

/** Help stands at the end of every page. */
export function Footer() {
  const { company, product, documentationUrl, statusUrl } = useConfig();
  return (
    <footer className="footer">
      <p>Stuck? We are glad to help.</p>
      <ul>
        <li>
          <SupportLink />
        </li>
        <li>
          <OutwardLink to={documentationUrl}>Documentation</OutwardLink>
        </li>
        <li>
          <OutwardLink to={statusUrl}>Service status</OutwardLink>
        </li>
      </ul>
      <p className="footer-who">
        {product} by {company}
      </p>
    </footer>
  );
}
