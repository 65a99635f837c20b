import { disputeClaim } from '../../../functions/delivery/dispute-claim.ts';
import { openClaim } from '../../../functions/delivery/open-claim.ts';
import { renewClaim } from '../../../functions/delivery/renew-claim.ts';
import { type Claim, readClaimToken } from '../../../functions/delivery/rules/claim-token.ts';
import { storeClaim } from '../../../functions/delivery/store-claim.ts';
import { parseKey } from '../../../functions/keys/index.ts';
import { claimSecret } from './functions.ts';
import type { PostedMail } from './post-office.ts';
import type { Circumstances, World } from './world.ts';

export const tokenShape = /[0-9A-Za-z]{12}\.\d+\.\d+\.[\w-]{43}/g;
const keyShape = /\b[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}\b/g;

export function tokensIn({ letter }: PostedMail): string[] {
  return [...new Set(letter.mail.text.match(tokenShape) ?? [])];
}

export function claimOf(token: string): Claim {
  const claim = readClaimToken(token, claimSecret);
  if (claim === undefined) throw new Error('a mail holds a link that is not valid');
  return claim;
}

interface Shown {
  readonly nonce: string;
  readonly at: number;
  readonly apiKey: string;
}

/** The owner, who reads all mailboxes that the subscription ever had, and a stranger, who reads over a shoulder. */
const actor = { kind: 'owner', id: 'link' } as const;
const nonceOf = (who: 'owner' | 'stranger') => `${who}-nonce-0123456789abcdef`;

export class People {
  readonly #world: World;
  /** Whole keys that the owner has seen. */
  readonly known = new Set<string>();
  /** What links have shown, by key and version. */
  readonly shown = new Map<string, Shown[]>();
  #read = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Mails with an OpenPGP key bring a secret; all others bring none. */
  readMail(): void {
    for (const { letter, arrived } of this.#world.post.mails.slice(this.#read)) {
      if (!arrived || letter.openPgpKey === undefined) continue;
      for (const found of letter.mail.text.match(keyShape) ?? []) {
        if (parseKey(found) !== undefined) this.known.add(found);
      }
    }
    this.#read = this.#world.post.mails.length;
  }

  /** Links in mailboxes, the newest first. */
  links(): string[] {
    const arrived = this.#world.post.mails.filter((mail) => mail.arrived);
    return [...new Set(arrived.toReversed().flatMap(tokensIn))];
  }

  async claim(token: string, who: 'owner' | 'stranger', circumstances: Circumstances): Promise<boolean> {
    const world = this.#world;
    const nonce = nonceOf(who);
    const claim = claimOf(token);
    const request = { actor, requestId: 'a claim', now: new Date(world.now) };
    const outcome = await world.run(circumstances, (functions) =>
      openClaim({ claim, nonce }, request, functions),
    );
    if ('refused' in outcome) return false;
    const { apiKey, keyId, version } = outcome.opened;
    const of = `${keyId}.${version}`;
    this.shown.set(of, [...(this.shown.get(of) ?? []), { nonce, at: world.now, apiKey }]);
    if (who === 'owner') this.known.add(apiKey);
    return true;
  }

  async store(token: string, who: 'owner' | 'stranger', circumstances: Circumstances): Promise<void> {
    const request = { actor, requestId: 'a stored key', now: new Date(this.#world.now) };
    await this.#world.run(circumstances, (functions) =>
      storeClaim({ claim: claimOf(token), nonce: nonceOf(who) }, request, functions),
    );
  }

  async renew(token: string, circumstances: Circumstances): Promise<void> {
    const request = { requestId: 'a renewal', now: new Date(this.#world.now) };
    await this.#world.run(circumstances, (functions) => renewClaim(claimOf(token), request, functions));
  }

  async dispute(token: string, circumstances: Circumstances): Promise<void> {
    const claim = claimOf(token);
    const request = { requestId: 'a dispute', now: new Date(this.#world.now) };
    await this.#world.run(circumstances, (functions) => disputeClaim(claim, request, functions));
  }
}
