import { useConfig } from '../config-context.ts';

/** Support's address, to write to. */
export function SupportLink() {
  const { supportAddress } = useConfig();
  return <a href={`mailto:${supportAddress}`}>{supportAddress}</a>;
}
