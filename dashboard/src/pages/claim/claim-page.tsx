import { Page } from '../../components/page.tsx';

export default function ClaimPage() {
  return <Page title="Your API key">{null}</Page>;
}
