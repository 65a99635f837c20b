import type * as z from 'zod';
import type { ProblemName } from './problems.ts';

/** How subsystems describe their routes (`routes.ts`), for the API's description. */

/**
 * Who may call a route: everybody; whoever has an API key, with or without being counted; a signed-in subscriber; Stripe,
 * by its signature.
 */
export type Access = 'everybody' | 'api-key' | 'counted-api-key' | 'sign-in' | 'stripe';

/** A message as it may look, which its schema must accept. */
export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

export interface Message {
  readonly schema: z.ZodType;
  /** By a name of their own; at least one. */
  readonly examples: Readonly<Record<string, Example>>;
  /** Default `application/json`. */
  readonly mediaType?: string;
}

export interface RouteAnswer {
  readonly status: number;
  readonly description: string;
  /** Absent: the answer has no body. */
  readonly body?: Message;
  /** All headers but the request's id; default those of an answer that nobody keeps, readable for the route's callers. */
  readonly headers?: z.ZodRawShape;
}

export interface RouteProblem {
  readonly name: ProblemName;
  /** Members that such a problem has here beside the usual ones, or in their place. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** `/account/keys/{keyId}` */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tag: string;
  readonly access: Access;
  readonly request?: {
    readonly path?: z.ZodObject;
    readonly query?: z.ZodObject;
    readonly headers?: z.ZodObject;
    readonly body?: Message & { readonly required?: boolean };
  };
  readonly answers: readonly RouteAnswer[];
  /** What this route refuses beside what every route of its kind may answer. */
  readonly problems?: readonly (ProblemName | RouteProblem)[];
}
