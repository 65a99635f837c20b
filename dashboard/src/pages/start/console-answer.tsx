import { type DecisionAnswer, type DecisionCall, decisionUrl } from '../../api/decisions.ts';
import { Badge } from '../../components/badge.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { Notice } from '../../components/notice.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { When } from '../../components/when.tsx';
import { useConfig } from '../../config-context.ts';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import type { Problem } from '../../rules/problem.ts';
import { displayOf } from '../../rules/secret-file.ts';
import { serverNow } from '../../time/clock.ts';
import { actionWords } from './guide.ts';

interface ConsoleAnswerProps {
  readonly call: DecisionCall;
  readonly answer: DecisionAnswer;
}

const statusNames: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** What came back, in plain words and as it is. */
export function ConsoleAnswer({ call, answer }: ConsoleAnswerProps) {
  const { status, milliseconds, headers, body, requestId, problem, decision } = answer;
  return (
    <div className="stack">
      <p className="console-status">
        <Badge tone={status < 300 ? 'good' : status < 500 ? 'warn' : 'danger'}>
          {`${status} ${statusNames[status] ?? ''}`.trim()}
        </Badge>
        <span className="soft number">{formatNumber(milliseconds)} ms</span>
        {requestId !== undefined && problem === undefined && (
          <span className="soft small">
            Request id <code translate="no">{requestId}</code>
          </span>
        )}
      </p>
      {problem !== undefined && <ProblemView problem={inPlainWords(problem)} />}
      {decision !== undefined && <Decided answer={answer} />}
      <CodeBlock title="Body" language="json" code={body} />
      <div>
        <h3>Headers</h3>
        <dl className="answer-headers">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd translate="no">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <Sent call={call} />
    </div>
  );
}

/** The API's own words for a 401 are for programs of every kind; here it can only be the key. */
function inPlainWords(problem: Problem): Problem {
  if (problem.kind !== 'unauthorized') return problem;
  return {
    ...problem,
    title: 'The key is not accepted',
    detail:
      'It is mistyped, or was rotated, suspended or revoked. The call did not count. Look at your keys, and take the newest secret.',
  };
}

function Decided({ answer: { decision, rateLimit } }: { readonly answer: DecisionAnswer }) {
  if (decision === undefined) return null;
  return (
    <Notice
      tone="good"
      role="status"
      title={`Risk ${decision.risk_level}: ${actionWords[decision.action_required] ?? decision.action_required}`}
    >
      {rateLimit !== undefined && (
        <p>
          {formatCount(rateLimit.remaining, 'request')} of {formatNumber(rateLimit.quota)} are left this
          month; the count starts again{' '}
          <When at={new Date(serverNow() + rateLimit.resetSeconds * 1000).toISOString()} />.
        </p>
      )}
    </Notice>
  );
}

/** The request, with no more of the key than may be shown. */
function Sent({ call: { apiKey, request, isExplained } }: { readonly call: DecisionCall }) {
  const { apiUrl } = useConfig();
  const lines = [
    `POST ${decisionUrl(apiUrl, isExplained)}`,
    `X-API-Key: ${displayOf(apiKey)}`,
    'Content-Type: application/json',
    '',
    JSON.stringify(request, null, 2),
  ];
  return (
    <details>
      <summary>What was sent</summary>
      <pre className="code-block console-sent">
        <code translate="no">{lines.join('\n')}</code>
      </pre>
    </details>
  );
}
