import javascript from '../../../examples/decision.mjs?raw';
import python from '../../../examples/decision.py?raw';
import shell from '../../../examples/decision.sh?raw';
import pythonRequests from '../../../examples/decision_requests.py?raw';
import type { CodeLanguage } from '../../rules/highlight.ts';

/** A program of `dashboard/examples`, which `test/dashboard/examples.test.ts` runs as it is printed. */
export interface Example {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly file: string;
  /** How it is run, in the folder where it was saved. */
  readonly run: string;
  readonly needs: string;
  readonly code: string;
}

export const examples: readonly Example[] = [
  {
    label: 'Python',
    language: 'python',
    file: 'decision_requests.py',
    run: 'python3 decision_requests.py',
    needs: 'Python 3 and the package requests: pip install requests.',
    code: pythonRequests,
  },
  {
    label: 'Python, no packages',
    language: 'python',
    file: 'decision.py',
    run: 'python3 decision.py',
    needs: 'Python 3 and nothing else.',
    code: python,
  },
  {
    label: 'JavaScript',
    language: 'javascript',
    file: 'decision.mjs',
    run: 'node decision.mjs',
    needs: 'Node 18 or newer, and no packages. It is for servers: a key in a web page is everybody’s.',
    code: javascript,
  },
  {
    label: 'curl',
    language: 'shell',
    file: 'decision.sh',
    run: 'sh decision.sh',
    needs: 'curl 7.84 or newer.',
    code: shell,
  },
];
