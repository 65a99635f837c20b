import type { UserPool } from './read-user-pool.ts';

/** Handed to the worker at its start. */
export interface IssuerSetup {
  readonly pool: UserPool;
  /** The issuer, as tokens name it: where the main thread listens. */
  readonly issuer: string;
  /** Where people find their mails. */
  readonly inboxUrl: string;
  /** Users, grants and keys: a file of `openState`. */
  readonly statePath: string;
  readonly clockOffset: SharedArrayBuffer;
  /** Folder in which compiled code is kept, so that the next start is faster. */
  readonly compileCache: string;
}

export interface OutgoingMail {
  /** One address. */
  readonly to: string;
  readonly subject: string;
  readonly html: string;
}

/** Worker to main thread. */
export type IssuerMessage =
  /** It serves on that port of 127.0.0.1. */
  | { readonly type: 'ready'; readonly port: number }
  /** To be answered by `mailed` with the same id. */
  | { readonly type: 'mail'; readonly id: number; readonly mail: OutgoingMail }
  | { readonly type: 'log'; readonly line: string };

/** Main thread to worker. */
export type IssuerCommand =
  | { readonly type: 'mailed'; readonly id: number; readonly problem: string | undefined }
  /** Finish what is under way, then end. */
  | { readonly type: 'close' };
