import { OutwardLink } from '../components/button.tsx';
import { useConfig } from '../config-context.ts';

/** Help stands at the end of every page. */
export function Footer() {
  const { company, product, supportAddress, documentationUrl, statusUrl } = useConfig();
  return (
    <footer className="footer">
      <p>Stuck? We are glad to help.</p>
      <ul>
        <li>
          <a href={`mailto:${supportAddress}`}>{supportAddress}</a>
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
