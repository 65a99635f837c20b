import { Page } from '../../components/page.tsx';

export default function KeyPage() {
  return <Page title="API key">{null}</Page>;
}
