/**
 * Whether a mail can never be sent, however often it is tried, while others can: SES refuses this one, or it cannot be
 * written. What stands in the way of every mail (the network, the rate, the account, the sender's own identity) is not of
 * this kind: somebody puts it right, and then the mail leaves.
 * @param sender the address that mails come from
 */
export function isRefusedForGood(error: unknown, sender: string): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  if (name === 'MessageRejected') return !isAboutSender(message, sender);
  return refusals.has(name) || error instanceof RangeError || error instanceof TypeError;
}

/** Of SES: an address or a content that it does not take. */
const refusals = new Set(['InvalidParameterValue', 'ValidationError', 'ValidationException']);

/** `Email address is not verified. The following identities failed the check in region EU-WEST-1: a@example.com, b@...` */
function isAboutSender(message: string, sender: string): boolean {
  if (/sending (?:is |has been )?(?:paused|suspended|disabled|shut down)/i.test(message)) return true;
  const identities = /identities failed the check[^:]*: (.+)$/.exec(message)?.[1] ?? '';
  const domain = sender.slice(sender.lastIndexOf('@') + 1).toLowerCase();
  return identities
    .split(',')
    .map((identity) => identity.trim().toLowerCase())
    .some((identity) => identity === sender.toLowerCase() || identity === domain);
}
