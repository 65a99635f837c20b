import { useState } from 'react';
import { Link } from 'wouter';
import { useAccount, useKeys } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, Loaded, Skeleton } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { inOrder, isSecretLost, lastUse, retiringSecrets, waitingSecret } from '../../rules/key-state.ts';
import { useNow } from '../../time/clock.ts';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { KeyStatus } from './key-status.tsx';
import './keys.css';

export default function KeysPage() {
  const keys = useKeys();
  const { data: account } = useAccount();
  const [isCreating, setIsCreating] = useState(false);
  const [isFullTold, setIsFullTold] = useState(false);
  const isFull = account !== undefined && account.keys.live >= account.keys.maximum;
  const create = () => (isFull ? setIsFullTold(true) : setIsCreating(true));

  return (
    <Page
      title="API keys"
      intro={
        <>
          Every key rotates by itself: you are told a week ahead, and the old secret goes on for a while. All
          keys share the requests of your tier.
        </>
      }
      actions={
        <Button look="primary" icon="plus" onClick={create}>
          Make a key
        </Button>
      }
    >
      {isFull && isFullTold && (
        <Notice tone="warn" role="alert" title={`You have ${account.keys.maximum} keys, which is the most`}>
          <p>Revoke one that you no longer need, then make another.</p>
        </Notice>
      )}
      <Loaded
        query={keys}
        what="your keys"
        skeleton={
          <Card>
            <Skeleton lines={6} />
          </Card>
        }
      >
        {(all) => <KeyTables keys={all} maximum={account?.keys.maximum} onCreate={create} />}
      </Loaded>
      <CreateKeyDialog isOpen={isCreating} onClose={() => setIsCreating(false)} />
    </Page>
  );
}

interface KeyTablesProps {
  readonly keys: readonly AccountKey[];
  readonly maximum: number | undefined;
  readonly onCreate: () => void;
}

function KeyTables({ keys, maximum, onCreate }: KeyTablesProps) {
  const { live, ended } = inOrder(keys);
  const isNew = ended.length === 0;
  return (
    <>
      {live.length === 0 ? (
        <Card>
          <EmptyState
            icon="key"
            title={isNew ? 'No key yet' : 'No key that works'}
            actions={
              <Button look="primary" icon="plus" onClick={onCreate}>
                {isNew ? 'Make your first key' : 'Make a new key'}
              </Button>
            }
          >
            <p>
              A key lets a program call the API in your name. It takes a few seconds, and you see it once.
            </p>
          </EmptyState>
        </Card>
      ) : (
        <Card
          title={
            maximum === undefined ? formatCount(live.length, 'key') : `${live.length} of ${maximum} keys`
          }
        >
          <DataTable caption="Your keys" columns={liveColumns} rows={live} keyOf={({ keyId }) => keyId} />
        </Card>
      )}
      {ended.length > 0 && (
        <details className="card ended-keys">
          <summary>
            <h2>{formatCount(ended.length, 'revoked key')}</h2>
          </summary>
          <DataTable
            caption="Revoked keys"
            columns={endedColumns}
            rows={ended}
            keyOf={({ keyId }) => keyId}
          />
        </details>
      )}
    </>
  );
}

const nameColumn: Column<AccountKey> = {
  title: 'Key',
  isHeading: true,
  cell: ({ keyId, name, display }) => (
    <>
      <Link href={`/keys/${keyId}`} className="key-name">
        {name}
      </Link>
      <code className="key-display" translate="no">
        {display}
      </code>
    </>
  ),
};

const usageColumn: Column<AccountKey> = {
  title: 'This month',
  isNumber: true,
  cell: ({ requestsThisMonth }) => formatNumber(requestsThisMonth),
};

const liveColumns: readonly Column<AccountKey>[] = [
  nameColumn,
  { title: 'Status', cell: (key) => <States keyShown={key} /> },
  {
    title: 'Next rotation',
    cell: ({ rotatesAt }) => (rotatesAt === undefined ? '–' : <When at={rotatesAt} />),
  },
  {
    title: 'Last used',
    cell: (key) => {
      const at = lastUse(key);
      return at === undefined ? <span className="soft">Not lately</span> : <When at={at} as="past" />;
    },
  },
  usageColumn,
];

const endedColumns: readonly Column<AccountKey>[] = [
  nameColumn,
  { title: 'Made', cell: ({ createdAt }) => <When at={createdAt} as="date" /> },
  {
    title: 'Revoked',
    cell: ({ revokedAt }) => (revokedAt === undefined ? '–' : <When at={revokedAt} as="date" />),
  },
  usageColumn,
];

function States({ keyShown: key }: { readonly keyShown: AccountKey }) {
  const now = useNow();
  return (
    <span className="badges">
      <KeyStatus status={key.status} />
      {waitingSecret(key, now) !== undefined && <Badge tone="accent">Secret waits</Badge>}
      {isSecretLost(key) && <Badge tone="warn">Secret never taken</Badge>}
      {retiringSecrets(key, now).length > 0 && <Badge tone="warn">Old secret works still</Badge>}
    </span>
  );
}
