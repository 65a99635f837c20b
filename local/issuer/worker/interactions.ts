import type Provider from 'oidc-provider';
import { hashPassword, isPassword } from '../password-hash.ts';
import type { PasswordPolicy } from '../read-user-pool.ts';
import { normalised, type User, type UserStore } from '../user-store.ts';
import type { CodeMailer } from './code-mailer.ts';
import { type Begun, type CodeOutcome, type Flow, type FlowStore, newCode } from './flows.ts';
import {
  codePage,
  forgottenPasswordPage,
  newPasswordPage,
  type PageContext,
  type Problem,
  signInPage,
  signUpPage,
} from './pages/sign-in-pages.ts';
import type { Page } from './pages/site.ts';
import { brokenRules, passwordRules } from './password-rules.ts';
import type { Throttle } from './throttle.ts';

export interface InteractionDependencies {
  readonly provider: Provider;
  readonly users: UserStore;
  readonly flows: FlowStore;
  readonly throttle: Throttle;
  readonly mailer: CodeMailer;
  readonly policy: PasswordPolicy;
}

/** What a page's form leads to. */
export type Outcome =
  | { readonly kind: 'page'; readonly page: Page; readonly status: number }
  /** Below the interaction's own path. */
  | { readonly kind: 'go'; readonly to: string }
  | { readonly kind: 'signed in'; readonly sub: string };

type Form = Pick<URLSearchParams, 'get'>;
type Act = (form: Form) => Promise<Outcome>;

/** The pages of one interaction, by path below it and method. */
export type Pages = Readonly<Record<string, { readonly GET?: () => Outcome; readonly POST?: Act }>>;

/**
 * Signing up and in, and choosing a new password. Nothing here tells whether an address has an account: what is shown, how
 * long it takes and how often it may be tried is alike.
 * @throws (from a form's act) TooManyError
 */
export function interactionPages(
  { users, flows, throttle, mailer, policy }: InteractionDependencies,
  { uid, base, hint }: { uid: string; base: string; hint: string | undefined },
): Pages {
  const rules = passwordRules(policy);
  const show = (page: Page, status = 200): Outcome => ({ kind: 'page', page, status });
  const go = (to: string): Outcome => ({ kind: 'go', to });

  /** Mails a code for what has been begun. An address that has an account is told so rather than given another one. */
  async function sendCode({ kind, email }: Begun, digits: string): Promise<void> {
    const isKnown = users.byAddress(email) !== undefined;
    if (kind === 'sign-up') await (isKnown ? mailer.sendKnown(email) : mailer.sendCode(email, digits));
    else if (isKnown) mailer.sendCodeLater(email, digits);
  }

  /** Begins anew, too: only the newest code counts. */
  async function begin(begun: Begun): Promise<void> {
    throttle.mail(normalised(begun.email));
    const { digits, code } = newCode(uid, begun.kind);
    flows.put(uid, { ...begun, code });
    await sendCode(begun, digits);
  }

  const signIn: Act = async (form) => {
    const email = text(form, 'email');
    const who = normalised(email);
    throttle.attempt(who);
    const user = users.byAddress(email);
    if (!(await isPassword(form.get('password') ?? '', user?.password)) || user === undefined) {
      return show(signInPage({ base, email, problems: [wrongPassword] }), 400);
    }
    throttle.succeed(who);
    return { kind: 'signed in', sub: user.sub };
  };

  const signUp: Act = async (form) => {
    const email = text(form, 'email');
    const problems = [...emailProblems(email), ...passwordProblems(policy, form)];
    if (problems.length > 0) return show(signUpPage({ base, email, problems, rules }), 400);
    const password = await hashPassword(form.get('password') ?? '');
    await begin({ kind: 'sign-up', email, password });
    return go('/code');
  };

  const confirm: Act = async (form) => {
    const flow = flows.get(uid, 'sign-up');
    if (flow === undefined) return go('/sign-up');
    const outcome = flows.check(uid, flow, text(form, 'code'));
    const user =
      outcome === 'right'
        ? users.add({ email: flow.email, password: flow.password, createdAt: Date.now() })
        : undefined;
    if (user !== undefined) return signedIn(user);
    const problems = [codeProblem(outcome)];
    return show(codePage({ base, email: flow.email, problems }), 400);
  };

  const forgotten: Act = async (form) => {
    const email = text(form, 'email');
    const problems = emailProblems(email);
    if (problems.length > 0) return show(forgottenPasswordPage({ base, email, problems }), 400);
    await begin({ kind: 'new-password', email });
    return go('/new-password');
  };

  const changePassword: Act = async (form) => {
    const flow = flows.get(uid, 'new-password');
    if (flow === undefined) return go('/forgotten-password');
    const again = (problems: readonly Problem[]) =>
      show(newPasswordPage({ base, email: flow.email, problems, rules }), 400);
    const problems = passwordProblems(policy, form);
    if (problems.length > 0) return again(problems);
    const password = await hashPassword(form.get('password') ?? '');
    const outcome = flows.check(uid, flow, text(form, 'code'));
    const user = outcome === 'right' ? users.byAddress(flow.email) : undefined;
    if (user === undefined) return again([codeProblem(outcome)]);
    users.setPassword(user.sub, password);
    throttle.succeed(normalised(user.email));
    return signedIn(user);
  };

  const newCodeFor =
    (kind: Flow['kind'], page: string, start: string): Act =>
    async () => {
      const flow = flows.get(uid, kind);
      if (flow === undefined) return go(start);
      await begin(flow);
      return go(page);
    };

  function signedIn({ sub }: User): Outcome {
    flows.end(uid);
    return { kind: 'signed in', sub };
  }

  /** A page that belongs to what was begun, or the one that begins it. */
  const within = (kind: Flow['kind'], start: string, page: (context: PageContext) => Page) => () => {
    const flow = flows.get(uid, kind);
    return flow === undefined ? go(start) : show(page({ base, email: flow.email }));
  };

  return {
    '': {
      GET: () => show(signInPage({ base, ...(hint === undefined ? {} : { email: hint }) })),
      POST: signIn,
    },
    '/sign-up': { GET: () => show(signUpPage({ base, rules })), POST: signUp },
    '/code': { GET: within('sign-up', '/sign-up', codePage), POST: confirm },
    '/code/new': { POST: newCodeFor('sign-up', '/code', '/sign-up') },
    '/forgotten-password': { GET: () => show(forgottenPasswordPage({ base })), POST: forgotten },
    '/new-password': {
      GET: within('new-password', '/forgotten-password', (context) => newPasswordPage({ ...context, rules })),
      POST: changePassword,
    },
    '/new-password/new': { POST: newCodeFor('new-password', '/new-password', '/forgotten-password') },
  };
}

function text(form: Form, name: string): string {
  return (form.get(name) ?? '').trim();
}

function emailProblems(email: string): Problem[] {
  const isAddress =
    email.length <= 254 &&
    /^[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+@[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+\.[^\s@<>()[\]\\,;:"\p{Cc}\p{Cf}]+$/u.test(
      email,
    );
  return isAddress ? [] : [{ text: 'This is not an e-mail address.', fields: ['email'] }];
}

function passwordProblems(policy: PasswordPolicy, form: Form): Problem[] {
  const password = form.get('password') ?? '';
  return [
    ...brokenRules(policy, password).map((rule) => ({
      text: `The password must have ${rule}.`,
      fields: ['password'],
    })),
    ...(password === form.get('repeated')
      ? []
      : [{ text: 'The two passwords differ.', fields: ['password', 'repeated'] }]),
  ];
}

const wrongPassword: Problem = { text: 'E-mail or password is wrong.', fields: ['email', 'password'] };

const codeProblems: Readonly<Record<CodeOutcome, string>> = {
  // It was the right one, and somebody else had the address first.
  right: 'This code is wrong. The newest mail has the one that counts.',
  wrong: 'This code is wrong. The newest mail has the one that counts.',
  expired: 'This code has expired. Ask for a new one.',
  'used up': 'There were too many wrong codes. Ask for a new one.',
};

function codeProblem(outcome: CodeOutcome): Problem {
  return { text: codeProblems[outcome], fields: ['code'] };
}
