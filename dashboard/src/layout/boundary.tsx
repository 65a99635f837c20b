import { Component, type ReactNode } from 'react';
import { Page } from '../components/page.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { problemOf } from '../rules/problem.ts';

/** A page that fails leaves the navigation standing, and says so. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Page title="Something went wrong">
        <ProblemView problem={problemOf(this.state.error)} onRetry={() => window.location.reload()} />
      </Page>
    );
  }
}
