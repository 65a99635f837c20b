import type { Config } from '../config.ts';

/**
 * The mail with a code: Cognito sends the same one to prove an address and to choose a new password, as HTML, with the
 * code in place of `{####}`.
 */
export function codeMail(product: Config['product']): { emailSubject: string; emailBody: string } {
  const { name, company, documentationUrl, statusUrl, supportAddress } = product;
  const link = (url: string) => `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`;
  const paragraphs = [
    `Your code for ${escapeHtml(name)} is <strong>{####}</strong>`,
    'Enter it on the page that asked for it, to prove your address or to choose a new password. ' +
      'Nobody from us will ever ask you for it.',
    'If you did not ask for a code, somebody mistyped an address: ignore this mail, and nothing happens.',
    [
      `Support: <a href="mailto:${escapeHtml(supportAddress)}">${escapeHtml(supportAddress)}</a>`,
      `Documentation: ${link(documentationUrl)}`,
      `Status: ${link(statusUrl)}`,
    ].join('<br>'),
    escapeHtml(company),
  ];
  return {
    emailSubject: `Your code for ${name}`,
    emailBody: paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n'),
  };
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
