import { Redirect } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { LinkButton } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Footer } from '../../layout/footer.tsx';

/** After an account was deleted; nobody else is told so, whatever the address says. */
export default function GoodbyePage() {
  const { isDeleted } = Object(useHistoryState()) as { readonly isDeleted?: unknown };
  if (isDeleted !== true) return <Redirect to="/" replace />;
  return (
    <div className="welcome">
      <main id="content">
        <span className="brand-mark brand-mark-large">
          <Icon name="check" size={28} />
        </span>
        <Page title="Your account is deleted" intro="You are signed out, and there is nothing else to do.">
          <ul>
            <li>Your keys have stopped working, and nothing more is charged.</li>
            <li>What is personal is removed within the hour.</li>
            <li>A last mail confirms it, if your address takes mail.</li>
          </ul>
          <p>Thank you for having been here. You are welcome to come back, with a new account.</p>
          <div className="actions">
            <LinkButton to="/">To the first page</LinkButton>
          </div>
        </Page>
      </main>
      <Footer />
    </div>
  );
}
