import { Link } from 'wouter';
import { decisionUrl } from '../../api/decisions.ts';
import type { Account } from '../../api/types.ts';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Skeleton } from '../../components/states.tsx';
import { useConfig } from '../../config-context.ts';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { answerFields, requestFields, sampleAnswer, type Trouble, troubles } from './guide.ts';

type FieldRow = readonly [name: string, told: { readonly values: string; readonly meaning: string }];

const fieldColumns: readonly Column<FieldRow>[] = [
  { title: 'Field', isHeading: true, cell: ([name]) => <code translate="no">{name}</code> },
  { title: 'Values', cell: ([, { values }]) => values },
  { title: 'Meaning', cell: ([, { meaning }]) => meaning },
];

/** What is sent, and what comes back. */
export function MessagesCard() {
  const { apiUrl } = useConfig();
  return (
    <Card title="Request and answer">
      <CodeBlock title="Your endpoint" language="shell" code={decisionUrl(apiUrl)} />
      <p>
        A <code>POST</code> with the key in the header <code translate="no">X-API-Key</code> and a JSON
        object. Fields that the API does not know are refused. To ask twice is harmless: nothing but the count
        changes.
      </p>
      <h3>What you send</h3>
      <DataTable
        caption="Fields of the request"
        columns={fieldColumns}
        rows={Object.entries(requestFields)}
        keyOf={([name]) => name}
      />
      <p>
        With <code translate="no">?explain=true</code> behind the address the answer tells which row of the
        policy decided.
      </p>
      <h3>What comes back</h3>
      <CodeBlock title="An answer" language="json" code={JSON.stringify(sampleAnswer, null, 2)} />
      <DataTable
        caption="Fields of the answer"
        columns={fieldColumns}
        rows={Object.entries(answerFields)}
        keyOf={([name]) => name}
      />
      <p>Fields may be added later: let your program pass over those that it does not know.</p>
    </Card>
  );
}

/** What is allowed, and where an answer tells how much of it is left. */
export function LimitsCard({ account }: { readonly account: Account | undefined }) {
  const headers = [
    {
      name: 'RateLimit-Policy',
      example: `"month";q=${account?.requestsPerMonth ?? 100};w=2592000`,
      meaning: 'q: requests that the month allows. w: the month in seconds.',
    },
    {
      name: 'RateLimit',
      example: `"month";r=${Math.max(0, (account?.requestsPerMonth ?? 100) - 2)};t=345600`,
      meaning: 'r: requests that are left. t: seconds until the count begins anew.',
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
        in counts, whatever its answer. Each counted answer announces what is left, so that a program can slow
        down before it is refused.
      </p>
      <DataTable
        caption="Headers that tell about limits"
        columns={[
          { title: 'Header', isHeading: true, cell: ({ name }) => <code translate="no">{name}</code> },
          { title: 'Such as', cell: ({ example }) => <code translate="no">{example}</code> },
          { title: 'Meaning', cell: ({ meaning }) => meaning },
        ]}
        rows={headers}
        keyOf={({ name }) => name}
      />
      {account !== undefined && account.tier !== 'enterprise' && (
        <p>
          More than {formatNumber(account.requestsPerMonth)} a month?{' '}
          <Link href="/plan">Compare the tiers</Link>.
        </p>
      )}
    </Card>
  );
}

const troubleColumns: readonly Column<Trouble>[] = [
  {
    title: 'Status',
    isHeading: true,
    cell: ({ status, title }) => (
      <>
        <span className="number">{status}</span> <span className="trouble-title">{title}</span>
      </>
    ),
  },
  { title: 'What it means', cell: ({ meaning }) => meaning },
  { title: 'What to do', cell: ({ act }) => act },
];

export function ErrorsCard() {
  return (
    <Card title="Errors">
      <p>
        Every error is JSON (<code translate="no">application/problem+json</code>), with a <code>type</code>{' '}
        that stays the same, a <code>title</code> and a <code>detail</code> for people, and a{' '}
        <code>requestId</code> for support. Let your program decide by status and type, and show or log the
        rest.
      </p>
      <DataTable
        caption="Errors and what to do"
        columns={troubleColumns}
        rows={troubles}
        keyOf={({ title }) => title}
      />
      <p>
        A 401? <Link href="/keys">Look at your keys</Link>. The programs above wait once, as Retry-After tells
        them, and then give up with the words of the answer.
      </p>
    </Card>
  );
}
