/** The part of a claim link behind its `#`, which is as good as the key: in memory, in this one place. */
let fragment = '';

/**
 * Takes the link out of the address, before anything else is done: neither the address bar nor the history, a picture of
 * the screen or a page that is opened from here shall have it.
 * @returns puts it back: for a page that could not be loaded
 */
export function takeClaimLink(): () => void {
  const { pathname, search, hash } = window.location;
  // However the page's route may be written: what shows it must not leave the link standing.
  if (pathname.toLowerCase().replace(/\/$/, '') !== claimPath || hash === '') return () => {};
  fragment = hash.slice(1);
  window.history.replaceState(null, '', claimPath + search);
  return () => window.history.replaceState(null, '', pathname + search + hash);
}

/** Where claim links lead. */
export const claimPath = '/claim';

export const claimFragment = (): string => fragment;
