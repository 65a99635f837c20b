/** The part of the claim page's script that turns values into others: it touches neither the page nor the network. */
export const claimPageValues = `
  /**
   * The reader's own time, and UTC where that is another.
   * @param {Date} at
   */
  function readable(at) {
    /** @param {string} [timeZone] */
    const format = (timeZone) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at);
    const [local, utc] = [format(), format('UTC')];
    return local === utc ? utc + ' UTC' : local + ' your time (' + utc + ' UTC)';
  }

  /** @param {unknown} value */
  function date(value) {
    const at = new Date(typeof value === 'string' ? value : NaN);
    return Number.isNaN(at.getTime()) ? undefined : at;
  }

  /** @param {Uint8Array} bytes */
  function base64url(bytes) {
    return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  }

  /** @param {number} seconds */
  function duration(seconds) {
    const [count, unit] = seconds < 120 ? [Math.ceil(seconds), 'second'] : [Math.ceil(seconds / 60), 'minute'];
    return count + ' ' + unit + (count === 1 ? '' : 's');
  }
`;
