import { useState } from 'react';
import { useKeys } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Loaded, Skeleton } from '../../components/states.tsx';
import { formatCount } from '../../rules/formats.ts';
import { CreateKeyDialog } from '../keys/create-key-dialog.tsx';

/** @param onMade is handed a key that was made here */
export function KeyStep({ onMade }: { readonly onMade: (apiKey: string) => void }) {
  const keys = useKeys();
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Card title="1. Your key">
      <Loaded query={keys} what="your keys" skeleton={<Skeleton lines={2} />}>
        {(all) => (
          <Keys active={all.filter(isActive)} isNew={all.length === 0} onCreate={() => setIsCreating(true)} />
        )}
      </Loaded>
      <CreateKeyDialog isOpen={isCreating} onClose={() => setIsCreating(false)} onMade={onMade} />
    </Card>
  );
}

const isActive = ({ status }: AccountKey) => status === 'active';

function Keys({
  active,
  isNew,
  onCreate,
}: {
  readonly active: readonly AccountKey[];
  /** There was none before. */
  readonly isNew: boolean;
  readonly onCreate: () => void;
}) {
  if (active.length === 0) {
    return (
      <>
        <p>
          A key lets a program call the API in your name. It takes a few seconds, you see it once, and it is
          ready to be tried below.
        </p>
        <div className="actions">
          <Button look="primary" icon="plus" onClick={onCreate}>
            {isNew ? 'Make your first key' : 'Make a key'}
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      <p>
        You have {formatCount(active.length, 'key')}: {active.map(({ name }) => name).join(', ')}. A key that
        you stored cannot be shown again; if none is at hand, make another for this program.
      </p>
      <div className="actions">
        <Button icon="plus" onClick={onCreate}>
          Make another key
        </Button>
        <LinkButton to="/keys" look="quiet">
          See your keys
        </LinkButton>
      </div>
    </>
  );
}
