import { Page } from '../../components/page.tsx';

export default function UsagePage() {
  return <Page title="Usage">{null}</Page>;
}
