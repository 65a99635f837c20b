import { Link } from 'wouter';
import type { Account, AccountKey } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { When } from '../../components/when.tsx';
import { formatNumber } from '../../rules/formats.ts';
import { inOrder } from '../../rules/key-state.ts';
import { KeyStatus } from '../keys/key-status.tsx';

const columns: readonly Column<AccountKey>[] = [
  {
    title: 'Key',
    isHeading: true,
    cell: ({ keyId, name, display }) => (
      <>
        <Link href={`/keys/${keyId}`}>{name}</Link>{' '}
        <code className="soft" translate="no">
          {display}
        </code>
      </>
    ),
  },
  { title: 'Status', cell: ({ status }) => <KeyStatus status={status} /> },
  {
    title: 'Next rotation',
    cell: ({ rotatesAt }) => (rotatesAt === undefined ? '–' : <When at={rotatesAt} />),
  },
  {
    title: 'This month',
    isNumber: true,
    cell: ({ requestsThisMonth }) => formatNumber(requestsThisMonth),
  },
];

/** The keys that there are, shortly. */
export function KeysCard({
  account,
  keys,
}: {
  readonly account: Account;
  readonly keys: readonly AccountKey[];
}) {
  const { live } = inOrder(keys);
  const { maximum } = account.keys;
  return (
    <Card
      title={live.length === 1 ? 'Your key' : `Your ${live.length} keys`}
      actions={
        <Link href="/keys">{live.length < maximum ? 'Manage keys, or make another' : 'Manage keys'}</Link>
      }
    >
      <DataTable caption="Your keys" columns={columns} rows={live} keyOf={({ keyId }) => keyId} />
    </Card>
  );
}
