/**
 * What a mail to an owner tells: everything that its template needs, and nothing that the template would have to look
 * up. Times are ISO 8601 in UTC.
 */
export type OwnerMail =
  | NewKeyMail
  | RotatedMail
  | NoticeMail
  | ReminderMail
  | ClaimedMail
  | ClaimExpiredMail
  | ResumedMail;

/** In every mail. */
export interface AboutKey {
  /** The owner's name, where it is known. */
  readonly name?: string;
  readonly key: {
    readonly keyId: string;
    /** The loggable form: the first 10 characters and `...`. */
    readonly display: string;
    /** What its owner calls it, such as `default` or `Production`. */
    readonly name: string;
    readonly tier: string;
    readonly requestsPerMonth: number;
  };
}

/** How the secret reaches its owner. */
export type MailedSecret =
  /** By a link that shows it once. */
  | { readonly by: 'link'; readonly url: string; readonly expiresAt: string }
  /** In this very mail, which is encrypted to the owner's OpenPGP key as a whole. */
  | { readonly by: 'pgp'; readonly apiKey: string }
  /** Not by mail: whoever asked for it has it. */
  | { readonly by: 'answer' };

/** An admin who made or rotated the key, and why. */
export interface DoneBy {
  readonly who: string;
  readonly reason?: string;
}

export interface NewKeyMail extends AboutKey {
  readonly kind: 'new-key';
  readonly secret: MailedSecret;
  /** Absent where the owner did it. */
  readonly by?: DoneBy;
}

export interface RotatedMail extends AboutKey {
  readonly kind: 'rotated';
  /** `schedule`: the key was due; `owner`: asked for; `not-me`: the owner did not open the last link; `renewed`: a new link. */
  readonly cause: 'schedule' | 'admin' | 'owner' | 'not-me' | 'renewed';
  readonly secret: MailedSecret;
  readonly by?: DoneBy;
  /** When the old secret stops; in the past where it has stopped already; absent where there was none in use. */
  readonly oldRetiresAt?: string;
  /** Of this mail: `oldRetiresAt` is read against it. */
  readonly at: string;
}

/** The key rotates soon (R16). */
export interface NoticeMail extends AboutKey {
  readonly kind: 'notice';
  readonly rotatesAt: string;
  /** For how long the old secret will go on after that. */
  readonly graceHours: number;
}

/** The old secret is still in use, and stops soon. */
export interface ReminderMail extends AboutKey {
  readonly kind: 'reminder';
  readonly oldRetiresAt: string;
  readonly lastUsedAt: string;
  /** The link to the new secret, where it still waits to be opened. */
  readonly url?: string;
}

/** The link was opened: good if it was the owner. */
export interface ClaimedMail extends AboutKey {
  readonly kind: 'claimed';
  readonly openedAt: string;
  /** The same link: opened again, it offers "That was not me". */
  readonly url: string;
}

/** The link was never opened, and no longer works. */
export interface ClaimExpiredMail extends AboutKey {
  readonly kind: 'claim-expired';
  /** Who has the key from an answer and may use it or hand it over; absent where nobody has seen it. */
  readonly answered?: string;
  readonly expiredAt: string;
  /** The same link: opened again, it offers to mail a new one. */
  readonly url: string;
  /** When the old secret stops or stopped; absent where there is none. */
  readonly oldRetiresAt?: string;
  readonly at: string;
}

/** The key was suspended, by its owner or because something was unusual, and its owner let it go on: good if it was the owner. */
export interface ResumedMail extends AboutKey {
  readonly kind: 'resumed';
  readonly suspendedAt: string;
  readonly at: string;
}

/** Who writes: the stage's `product` configuration. */
export interface MailProduct {
  readonly name: string;
  readonly company: string;
  readonly apiUrl: string;
  readonly documentationUrl: string;
  readonly statusUrl: string;
  readonly supportAddress: string;
}
