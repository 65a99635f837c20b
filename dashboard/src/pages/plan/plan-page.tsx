import { Page } from '../../components/page.tsx';

export default function PlanPage() {
  return <Page title="Plan">{null}</Page>;
}
