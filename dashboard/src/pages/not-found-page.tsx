import { LinkButton } from '../components/button.tsx';
import { Page } from '../components/page.tsx';
import { EmptyState } from '../components/states.tsx';

export default function NotFoundPage() {
  return (
    <Page title="There is no such page">
      <EmptyState
        icon="info"
        title="The address leads nowhere"
        actions={
          <LinkButton to="/" look="primary">
            Go to the overview
          </LinkButton>
        }
      >
        <p>It may be mistyped, or from an older version of this dashboard.</p>
      </EmptyState>
    </Page>
  );
}
