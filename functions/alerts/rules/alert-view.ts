import type { AlertItem } from './alert-item.ts';

/** An alert as admins are told it. */
export type AlertView = Omit<AlertItem, 'openShard' | 'openOf' | 'ttl' | 'revision' | 'change'>;

export function alertView({
  openShard: _shard,
  openOf: _of,
  ttl: _ttl,
  revision: _revision,
  change: _change,
  ...told
}: AlertItem): AlertView {
  return told;
}
