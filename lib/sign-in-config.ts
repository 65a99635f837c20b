import * as z from 'zod';

/**
 * The web page that people use. Its origin is where they come back to from signing in, and what alone may call the account
 * API from a browser. With neither field it is `https://` and the name that CloudFront gives.
 */
export const dashboardFields = z
  .strictObject({
    /** Served elsewhere, from this origin: the stack hosts no dashboard. */
    url: z
      .string()
      .refine((url) => URL.parse(url)?.origin === url, {
        error:
          'must be an origin such as https://dashboard.example.com, with neither path nor slash at the end',
      })
      .optional(),
    /** The hosted dashboard's own domain. */
    domain: z
      .strictObject({
        name: z.hostname(),
        certificateArn: z
          .string()
          .regex(/^arn:aws[\w-]*:acm:us-east-1:/, 'must be the ARN of an ACM certificate in us-east-1'),
        hostedZone: z.strictObject({ id: z.string().min(1), name: z.hostname() }).optional(),
      })
      .optional(),
  })
  .prefault({})
  .refine(({ url, domain }) => url === undefined || domain === undefined, {
    error: 'url and domain exclude each other: what is served elsewhere needs no domain here',
  });

/** Any OpenID Connect issuer. */
export interface ExternalIssuer {
  /** As it stands in `iss` of its tokens, a slash at the end included. */
  readonly issuer: string;
  /** The dashboard's client there, a public one: authorization code with PKCE. */
  readonly clientId: string;
}

/** The stack's own Cognito user pool. */
export interface OwnUserPool {
  /** The sign-in pages are `https://<domainPrefix>.auth.<region>.amazoncognito.com`; default: from the stack's id. */
  readonly domainPrefix?: string | undefined;
  /** One-time passwords from an app, beside the password. */
  readonly mfa: 'optional' | 'required';
  /** Who mails codes. SES must know the domain by then; Cognito sends 50 mails a day, under a name of its own. */
  readonly sender: 'ses' | 'cognito';
}

/** Who signs people in. */
export const identityFields = z
  .strictObject({
    issuer: z.string().refine((issuer) => URL.canParse(issuer) && !/[?#\s]/.test(issuer), {
      error: 'must be the address of an OpenID Connect issuer, without query and fragment',
    }),
    clientId: z.string().min(1),
    domainPrefix: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be one label of a host name, such as keys-example')
      .refine((prefix) => !/aws|amazon|cognito/.test(prefix), {
        error: 'must not contain aws, amazon or cognito: Cognito refuses such names',
      }),
    mfa: z.enum(['optional', 'required']),
    sender: z.enum(['ses', 'cognito']),
  })
  .partial()
  .prefault({})
  .transform(({ issuer, clientId, ...pool }, context): ExternalIssuer | OwnUserPool => {
    if (issuer === undefined && clientId === undefined) {
      return { ...pool, mfa: pool.mfa ?? 'optional', sender: pool.sender ?? 'ses' };
    }
    if (issuer === undefined || clientId === undefined) {
      context.addIssue(
        'issuer and clientId go together: both for an issuer of your own, neither for the user pool',
      );
    }
    const [foreign] = Object.keys(definedOnly(pool));
    if (foreign !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [foreign],
        message: 'is of the user pool, which a stack with an issuer does not have',
      });
    }
    return { issuer: issuer ?? '', clientId: clientId ?? '' };
  });

/**
 * Why the addresses of sign-in cannot stand in a stage, by path; nothing crosses a network unencrypted, and nothing but a
 * developer's own machine is let off.
 */
export function signInProblems(
  stage: string,
  {
    dashboard,
    identity,
  }: { dashboard: { url?: string | undefined }; identity: ExternalIssuer | OwnUserPool },
): { path: string[]; message: string }[] {
  const addresses = [
    ...(dashboard.url === undefined ? [] : [{ path: ['dashboard', 'url'], url: dashboard.url }]),
    ...('issuer' in identity ? [{ path: ['identity', 'issuer'], url: identity.issuer }] : []),
  ];
  const local = stage === 'dev' ? ', or http://localhost or http://127.0.0.1' : '';
  return addresses
    .filter(({ url }) => !isSafe(new URL(url), stage))
    .map(({ path }) => ({ path, message: `must be an https:// address${local}` }));
}

function isSafe({ protocol, hostname }: URL, stage: string): boolean {
  if (protocol === 'https:') return true;
  return stage === 'dev' && protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname);
}

function definedOnly<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
