import { Link } from 'wouter';
import { decisionUrl } from '../../api/decisions.ts';
import type { Account } from '../../api/types.ts';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { Skeleton } from '../../components/states.tsx';
import { useConfig } from '../../config-context.ts';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { answerFields, requestFields, sampleAnswer, type Told, troubles } from './guide.ts';

/** What is sent, and what comes back. */
export function MessagesCard() {
  const { apiUrl } = useConfig();
  return (
    <Card title="Request and answer">
      <p>
        A <code>POST</code> with the key in the header <code translate="no">X-API-Key</code> and a JSON
        object. Fields that the API does not know are refused. To ask twice is harmless: nothing but the count
        changes.
      </p>
      <CodeBlock title="Your endpoint" language="address" code={decisionUrl(apiUrl)} />
      <h3>What you send</h3>
      <FieldList fields={requestFields} />
      <p>
        With <code translate="no">?explain=true</code> behind the address the answer tells which row of the
        policy decided.
      </p>
      <h3>What comes back</h3>
      <CodeBlock title="An answer" language="json" code={JSON.stringify(sampleAnswer, null, 2)} />
      <FieldList fields={answerFields} />
      <p>Fields may be added later: let your program pass over those that it does not know.</p>
    </Card>
  );
}

function FieldList({ fields }: { readonly fields: Readonly<Record<string, Told>> }) {
  return (
    <dl className="reference">
      {Object.entries(fields).map(([name, { values, meaning }]) => (
        <div key={name}>
          <dt>
            <code translate="no">{name}</code>
          </dt>
          <dd>
            {meaning}
            <span className="reference-values">{values}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What is allowed, and where an answer tells how much of it is left. */
export function LimitsCard({ account }: { readonly account: Account | undefined }) {
  const quota = account?.requestsPerMonth ?? 100;
  const headers = [
    {
      name: 'RateLimit-Policy',
      example: `"month";q=${quota};w=2592000`,
      meaning: 'q: requests that the month allows. w: the month in seconds.',
    },
    {
      name: 'RateLimit',
      example: `"month";r=${Math.max(0, quota - 2)};t=345600`,
      meaning: 'r: requests that are left. t: seconds until the count starts again.',
    },
    {
      name: 'Retry-After',
      example: '1',
      meaning: 'With 429 and 503: seconds after which the same request may be sent again.',
    },
  ];
  return (
    <Card title="Limits">
      {account === undefined ? (
        <Skeleton lines={2} />
      ) : (
        <Facts>
          <Fact name="A month, in UTC">{formatCount(account.requestsPerMonth, 'request')}</Fact>
          <Fact name="A second, sustained">{formatCount(account.ratePerSecond, 'request')}</Fact>
          <Fact name="At once">{formatCount(account.burst, 'request')}</Fact>
        </Facts>
      )}
      <p>
        All your keys share them; making, rotating or revoking a key changes nothing. Every call that is let
        in counts, whatever its answer. Each counted answer announces in its headers what is left, so that a
        program can slow down before it is refused.
      </p>
      <dl className="reference">
        {headers.map(({ name, example, meaning }) => (
          <div key={name}>
            <dt>
              <code translate="no">{name}</code>
            </dt>
            <dd>
              {meaning}
              <span className="reference-values">
                Such as <code translate="no">{example}</code>
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {account !== undefined && account.tier !== 'enterprise' && (
        <p>
          More than {formatNumber(account.requestsPerMonth)} a month?{' '}
          <Link href="/plan">Compare the tiers</Link>.
        </p>
      )}
    </Card>
  );
}

export function ErrorsCard() {
  return (
    <Card title="Errors">
      <p>
        Every error is JSON (<code translate="no">application/problem+json</code>), with a <code>type</code>{' '}
        that stays the same, a <code>title</code> and a <code>detail</code> for people, and a{' '}
        <code>requestId</code> for support. Let your program decide by status and type, and show or log the
        rest. The programs above wait once, as Retry-After tells them, and then give up with the words of the
        answer.
      </p>
      <dl className="reference">
        {troubles.map(({ status, title, meaning, act }) => (
          <div key={title}>
            <dt>
              <span className="number">{status}</span>
            </dt>
            <dd>
              <strong>{title}.</strong> {meaning}
              <span className="reference-act">{act}</span>
            </dd>
          </div>
        ))}
      </dl>
      <p>
        A 401? <Link href="/keys">Look at your keys</Link>.
      </p>
    </Card>
  );
}
