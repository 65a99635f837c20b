/**
 * How a mail looks. A look has a light form, which stands in the element's `style`, and where colours differ a dark one,
 * which a class gives it. Text has a contrast of at least 4.5:1 on its ground in both (WCAG 2.2, AA).
 */
interface Look {
  readonly light: string;
  readonly dark?: string;
}

const sans = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

const looks = {
  page: {
    light: `margin:0;padding:0;background-color:#f3f4f6;color:#1f2937;font-family:${sans};font-size:16px;line-height:1.5`,
    dark: 'background-color:#111418;color:#e5e7eb',
  },
  letter: {
    light: 'display:block;max-width:600px;margin:0 auto;padding:32px 24px;background-color:#ffffff',
    dark: 'background-color:#1b1f25',
  },
  title: {
    light: 'margin:0 0 24px;font-size:22px;line-height:1.3;font-weight:600;color:#111827',
    dark: 'color:#f9fafb',
  },
  heading: {
    light: 'margin:32px 0 8px;font-size:17px;line-height:1.4;font-weight:600;color:#111827',
    dark: 'color:#f9fafb',
  },
  paragraph: { light: 'margin:0 0 16px' },
  // A time, which is not to be broken in the middle.
  strong: { light: 'font-weight:600;white-space:nowrap' },
  note: {
    light:
      'margin:0 0 16px;padding:12px 16px;background-color:#fef9e7;border-left:4px solid #b45309;color:#3f2d06',
    dark: 'background-color:#2e2716;border-left-color:#f0b429;color:#fbe9b7',
  },
  list: { light: 'margin:0 0 16px;padding:0 0 0 24px' },
  item: { light: 'margin:0 0 6px' },
  facts: {
    light: 'margin:0 0 24px;padding:16px 16px 4px;background-color:#f3f4f6;border-radius:8px',
    dark: 'background-color:#262b33',
  },
  contacts: { light: 'margin:0 0 16px;padding:0' },
  term: { light: 'margin:0;font-size:13px;line-height:1.4;color:#4b5563', dark: 'color:#aab2bf' },
  detail: { light: 'margin:0 0 12px;overflow-wrap:anywhere;word-break:break-word' },
  button: {
    light:
      'display:inline-block;padding:12px 24px;background-color:#1d4ed8;border-radius:8px;color:#ffffff;font-weight:600;text-decoration:none',
    dark: 'background-color:#2f5fe0;color:#ffffff',
  },
  copy: { light: 'margin:0 0 24px;font-size:13px;line-height:1.5;color:#4b5563', dark: 'color:#aab2bf' },
  address: { light: 'color:#1d4ed8;word-break:break-all', dark: 'color:#8db4ff' },
  link: { light: 'color:#1d4ed8', dark: 'color:#8db4ff' },
  label: { light: 'margin:0 0 4px;font-size:13px;line-height:1.4;color:#4b5563', dark: 'color:#aab2bf' },
  secret: {
    light:
      'margin:0 0 24px;padding:16px;background-color:#f3f4f6;border:1px solid #6b7280;border-radius:8px;word-break:break-all',
    dark: 'background-color:#262b33;border-color:#8b94a3',
  },
  code: { light: `font-family:${mono};font-size:15px` },
  footer: {
    light: 'margin:32px 0 0;padding:24px 0 0;border-top:1px solid #d1d5db;font-size:14px;color:#4b5563',
    dark: 'border-top-color:#3a414c;color:#aab2bf',
  },
  closing: { light: 'margin:0 0 8px' },
} satisfies Record<string, Look>;

/** The attributes of an element that looks so, with a space before them. */
export function style(name: keyof typeof looks): string {
  const look: Look = looks[name];
  return `${look.dark === undefined ? '' : ` class="lk-${name}"`} style="${look.light}"`;
}

/** Only colours, and only for dark screens; `!important`, because it must beat the `style` at the element. */
export const darkStyle = `@media (prefers-color-scheme: dark) { ${Object.entries<Look>(looks)
  .flatMap(([name, { dark }]) => (dark === undefined ? [] : [`.lk-${name} { ${important(dark)} }`]))
  .join(' ')} }`;

function important(declarations: string): string {
  return declarations
    .split(';')
    .map((declaration) => `${declaration} !important`)
    .join('; ');
}
