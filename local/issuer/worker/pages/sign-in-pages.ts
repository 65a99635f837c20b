import { type Html, html } from '../../../html.ts';
import type { Page } from './site.ts';

/** What the pages of one interaction know: where they are, what was typed, and what was wrong with it. */
export interface PageContext {
  /** Where they are: `/interaction/<uid>` */
  readonly base: string;
  readonly email?: string;
  readonly problems?: readonly Problem[];
}

export interface Problem {
  /** A sentence. */
  readonly text: string;
  /** The fields that it is about. */
  readonly fields: readonly string[];
}

export function signInPage({ base, email, problems }: PageContext): Page {
  return {
    title: 'Sign in',
    content: html`${alert(problems)}
<form method="post" action="${base}">
${emailField(email, problems)}
${passwordField('password', 'Password', 'current-password', problems)}
<button type="submit">Sign in</button>
</form>
<p><a href="${base}/forgotten-password">Forgotten your password?</a></p>
<p>New here? <a href="${base}/sign-up">Create an account</a></p>`,
  };
}

export function signUpPage({
  base,
  email,
  problems,
  rules,
}: PageContext & { rules: readonly string[] }): Page {
  return {
    title: 'Create an account',
    content: html`${alert(problems)}
<form method="post" action="${base}/sign-up">
${emailField(email, problems)}
${newPasswordFields(rules, problems)}
<button type="submit">Create account</button>
</form>
<p>Have an account? <a href="${base}">Sign in</a></p>`,
  };
}

export function codePage({ base, email, problems }: PageContext): Page {
  return {
    title: 'Enter the code',
    content: html`<p>We mailed a code to <strong>${email}</strong>. It is valid for 24 hours.</p>
${alert(problems)}
<form method="post" action="${base}/code">
${codeField(problems)}
<button type="submit">Confirm</button>
</form>
${newCodeForm(`${base}/code/new`)}
<p>Mistyped the address? <a href="${base}/sign-up">Begin again</a></p>`,
  };
}

export function forgottenPasswordPage({ base, email, problems }: PageContext): Page {
  return {
    title: 'Forgotten password',
    content: html`<p>We mail you a code with which you choose a new password.</p>
${alert(problems)}
<form method="post" action="${base}/forgotten-password">
${emailField(email, problems)}
<button type="submit">Send a code</button>
</form>
<p><a href="${base}">Back to signing in</a></p>`,
  };
}

export function newPasswordPage({
  base,
  email,
  problems,
  rules,
}: PageContext & { rules: readonly string[] }): Page {
  return {
    title: 'Choose a new password',
    content: html`<p>If <strong>${email}</strong> has an account, we mailed a code to it. It is valid for one hour.</p>
${alert(problems)}
<form method="post" action="${base}/new-password">
${codeField(problems)}
${newPasswordFields(rules, problems)}
<button type="submit">Change password</button>
</form>
${newCodeForm(`${base}/new-password/new`)}
<p><a href="${base}">Back to signing in</a></p>`,
  };
}

function alert(problems: readonly Problem[] = []): Html | undefined {
  const [first, ...others] = problems;
  if (first === undefined) return undefined;
  if (others.length === 0) return html`<div role="alert" id="problems">${first.text}</div>`;
  return html`<div role="alert" id="problems"><ul>${problems.map(({ text }) => html`<li>${text}</li>`)}</ul></div>`;
}

function invalid(field: string, problems: readonly Problem[] = []): Html | undefined {
  const concerned = problems.some(({ fields }) => fields.includes(field));
  return concerned ? html` aria-invalid="true" aria-describedby="problems"` : undefined;
}

function emailField(email: string | undefined, problems: readonly Problem[] | undefined): Html {
  return html`<label for="email">E-mail</label>
<input id="email" name="email" type="email" value="${email}" autocomplete="username" required maxlength="254"${invalid('email', problems)}>`;
}

function passwordField(
  name: string,
  label: string,
  autocomplete: string,
  problems: readonly Problem[] | undefined,
): Html {
  return html`<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" autocomplete="${autocomplete}" required maxlength="512"${invalid(name, problems)}>`;
}

function newPasswordFields(rules: readonly string[], problems: readonly Problem[] | undefined): Html {
  return html`${passwordField('password', 'New password', 'new-password', problems)}
<p class="hint">A password has:</p>
<ul class="hint">${rules.map((rule) => html`<li>${rule}</li>`)}</ul>
${passwordField('repeated', 'The same password again', 'new-password', problems)}`;
}

function codeField(problems: readonly Problem[] | undefined): Html {
  return html`<label for="code">Code</label>
<input id="code" name="code" class="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="12"${invalid('code', problems)}>`;
}

function newCodeForm(action: string): Html {
  return html`<form method="post" action="${action}">
<button type="submit" class="second">Send a new code</button>
</form>`;
}
