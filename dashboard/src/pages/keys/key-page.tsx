import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { useKey } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card, Fact, Facts } from '../../components/card.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import { When } from '../../components/when.tsx';
import { holdersOf } from '../../rules/alert-answer.ts';
import { formatCount } from '../../rules/formats.ts';
import {
  isSecretLost,
  isStoppedBySupport,
  mayRotate,
  newestVersion,
  retiringSecrets,
  suspensionCauses,
  waitingSecret,
} from '../../rules/key-state.ts';
import { useNow } from '../../time/clock.ts';
import { ClaimButton } from './claim-button.tsx';
import { KeyAlerts } from './key-alerts.tsx';
import { KeyHistory } from './key-history.tsx';
import { KeyStatus, WhySuspended } from './key-status.tsx';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';
import { RotateKeyDialog } from './rotate-key-dialog.tsx';
import { ResumeKeyDialog, SuspendKeyDialog } from './suspend-key-dialog.tsx';
import './keys.css';

export default function KeyPage() {
  const { keyId = '' } = useParams<{ keyId: string }>();
  const query = useKey(keyId);
  const key = query.data;
  const [open, setOpen] = useState<'rotate' | 'suspend' | 'resume' | 'revoke'>();
  const close = () => setOpen(undefined);
  return (
    <Page
      title={key?.name ?? 'API key'}
      above={
        <Link href="/keys" className="way-back">
          <Icon name="back" size={18} /> All keys
        </Link>
      }
      intro={
        query.error === null || key !== undefined ? (
          <span className="title-line">
            {key === undefined ? '\u00a0' : <KeyStatus status={key.status} />}
            <code translate="no">{key?.display}</code>
          </span>
        ) : undefined
      }
      actions={
        key !== undefined &&
        key.status !== 'revoked' && (
          <>
            {mayRotate(key) && (
              <Button icon="rotate" onClick={() => setOpen('rotate')}>
                Rotate
              </Button>
            )}
            {key.status === 'active' && (
              <Button icon="pause" onClick={() => setOpen('suspend')}>
                Suspend
              </Button>
            )}
            {!isStoppedBySupport(key) && <Button onClick={() => setOpen('revoke')}>Revoke</Button>}
          </>
        )
      }
    >
      <Loaded
        query={query}
        what="the key"
        skeleton={
          <Card>
            <Skeleton lines={5} />
          </Card>
        }
      >
        {(loaded) => (
          <>
            <Notices keyShown={loaded} onResume={() => setOpen('resume')} />
            <Details keyShown={loaded} />
            <KeyHistory keyId={loaded.keyId} />
            <RotateKeyDialog keyToRotate={loaded} isOpen={open === 'rotate'} onClose={close} />
            <SuspendKeyDialog keyShown={loaded} isOpen={open === 'suspend'} onClose={close} />
            <ResumeKeyDialog keyShown={loaded} isOpen={open === 'resume'} onClose={close} />
            <RevokeKeyDialog keyToRevoke={loaded} isOpen={open === 'revoke'} onClose={close} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** What is to be known about the key now, and what can be done. */
function Notices({
  keyShown: key,
  onResume,
}: {
  readonly keyShown: AccountKey;
  readonly onResume: () => void;
}) {
  const now = useNow();
  const waiting = waitingSecret(key, now);
  const causes = suspensionCauses(key);
  const { owner, anomaly } = key.suspensions;
  return (
    <>
      {key.status === 'revoked' && key.revokedAt !== undefined && (
        <Notice title="This key has ended for good">
          <p>
            It was revoked on <When at={key.revokedAt} as="time" />, and works for nobody. Its history stays.
          </p>
        </Notice>
      )}
      {causes.length > 0 && key.status !== 'revoked' && (
        <Notice
          tone="danger"
          title="This key is suspended: every request with it is refused"
          actions={
            (owner !== undefined || anomaly !== undefined) && (
              <Button isSmall onClick={onResume}>
                Let it work again
              </Button>
            )
          }
        >
          {causes.map((cause) => (
            <WhySuspended key={cause} cause={cause} suspension={key.suspensions[cause]} />
          ))}
        </Notice>
      )}
      {key.status !== 'revoked' && <KeyAlerts keyId={key.keyId} except={holdersOf(key)} />}
      {waiting !== undefined && mayRotate(key) && (
        <Notice
          tone="accent"
          icon="key"
          title="A secret waits for you"
          actions={<ClaimButton keyToClaim={key} />}
        >
          <p>
            It can be shown once, here{key.handover?.trouble === undefined && ' or by the link in your mail'}.
            It ends <When at={waiting.expiresAt} />.
          </p>
          {key.handover?.trouble !== undefined && <p>The mail did not reach you: {key.handover.trouble}</p>}
        </Notice>
      )}
      {isSecretLost(key) && (
        <Notice tone="warn" title="The newest secret was never taken">
          <p>It waited for you and has ended. Rotate the key to get another.</p>
        </Notice>
      )}
      {retiringSecrets(key, now).map(({ version, retiresAt, lastUsedAt, isStillUsed }) => (
        <Notice
          key={version}
          tone={isStillUsed ? 'warn' : 'plain'}
          icon="clock"
          title={isStillUsed ? 'The old secret is still in use' : 'The old secret goes on for a while'}
        >
          <p>
            It stops <When at={retiresAt} />.{' '}
            {lastUsedAt === undefined ? (
              'It was not used lately.'
            ) : (
              <>
                It was last used <When at={lastUsedAt} as="past" />.
              </>
            )}
            {isStillUsed && ' Something has not been changed over: it is refused from then on.'}
          </p>
        </Notice>
      ))}
    </>
  );
}

type Version = AccountKey['versions'][number];

function Details({ keyShown: key }: { readonly keyShown: AccountKey }) {
  const { keyId, prefix, createdAt, rotatesAt, requestsThisMonth, versions } = key;
  const newest = newestVersion(key)?.version;
  // While the key is suspended, none of them does.
  const secretsTitle = key.status === 'active' ? 'Secrets that work' : 'Secrets';
  const columns: readonly Column<Version>[] = [
    {
      title: 'Secret',
      isHeading: true,
      cell: ({ version }) => (
        <span className="title-line">
          Version {version} {version === newest && <Badge tone="good">Newest</Badge>}
        </span>
      ),
    },
    { title: 'Made', cell: ({ createdAt: madeAt }) => <When at={madeAt} as="time" /> },
    {
      title: 'Last used',
      cell: ({ lastUsedAt }) =>
        lastUsedAt === undefined ? (
          <span className="soft">Not lately</span>
        ) : (
          <When at={lastUsedAt} as="past" />
        ),
    },
    {
      title: 'Stops',
      cell: ({ retiresAt }) =>
        retiresAt === undefined ? (
          <span className="soft">With the next rotation</span>
        ) : (
          <When at={retiresAt} />
        ),
    },
  ];
  return (
    <>
      <Card title="About this key">
        <Facts>
          {rotatesAt !== undefined && (
            <Fact name="Next rotation">
              <When at={rotatesAt} />
            </Fact>
          )}
          <Fact name="This month">{formatCount(requestsThisMonth, 'request')}</Fact>
          <Fact name="Made">
            <When at={createdAt} as="date" />
          </Fact>
          <Fact name="Begins with">
            <code translate="no">{prefix}_</code>
          </Fact>
          <Fact name="Id">
            <code translate="no">{keyId}</code>
          </Fact>
        </Facts>
        {rotatesAt !== undefined && key.status === 'active' && (
          <p className="soft small">
            You are told by mail a week before it rotates. The new secret then waits for you here, and the old
            one goes on for some days.
          </p>
        )}
      </Card>
      {versions.length > 0 && key.status !== 'revoked' && (
        <Card title={secretsTitle}>
          <DataTable
            caption={secretsTitle}
            columns={columns}
            rows={versions}
            keyOf={({ version }) => String(version)}
          />
        </Card>
      )}
    </>
  );
}
