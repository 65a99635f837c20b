import { Link } from 'wouter';
import { useKeys } from '../../api/queries.ts';
import type { AccountKey } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { When } from '../../components/when.tsx';

/** A new secret without an outage: two work at the same time for a while. */
export function RotationCard() {
  const { data: keys = [] } = useKeys();
  const next = keys
    .filter(
      (key): key is AccountKey & { rotatesAt: string } =>
        key.status === 'active' && key.rotatesAt !== undefined,
    )
    .toSorted((a, b) => a.rotatesAt.localeCompare(b.rotatesAt))[0];
  return (
    <Card title="A new secret without an outage">
      <p>
        Keys get a new secret by themselves, and you are told a week before; you can also rotate a key
        whenever you like. For the grace period <strong>both secrets work</strong>, so that nothing has to
        happen at one moment:
      </p>
      <ol className="guide-steps">
        <li>
          The new secret comes: by mail, or on the key’s page when you rotate it there and let the old one go
          on for some hours.
        </li>
        <li>Put it where your programs read it, and restart them. Until then they go on with the old one.</li>
        <li>
          The key’s page tells when the old secret was used last. When that stands still, you are done; it
          ends by itself.
        </li>
      </ol>
      <p>
        A secret has leaked? Rotate the key and let the old one stop at once; programs need the new one from
        then on.
        {next !== undefined && (
          <>
            {' '}
            Your next rotation: <Link href={`/keys/${next.keyId}`}>{next.name}</Link>,{' '}
            <When at={next.rotatesAt} />.
          </>
        )}
      </p>
    </Card>
  );
}
