/** Line drawings on a grid of 24. They repeat what the heading says, so they are hidden from assistive technology. */
const drawings = {
  key: '<circle cx="8" cy="15" r="4"/><path d="m10.9 12.1 8.6-8.6M16 7l3 3M13.5 9.5 15 11"/>',
  check: '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.7 2.7L16 9.5"/>',
  clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.2 2"/>',
  eye: '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.8"/>',
  mail: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7 8.5 6 8.5-6"/>',
  newer:
    '<path d="M4 12a8 8 0 0 1 13.7-5.6L20 8.6M20 4v4.6h-4.6M20 12a8 8 0 0 1-13.7 5.6L4 15.4M4 20v-4.6h4.6"/>',
  off: '<circle cx="12" cy="12" r="9"/><path d="m5.7 5.7 12.6 12.6"/>',
  broken:
    '<path d="M10 14a4 4 0 0 0 5.7 0l.8-.8M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.6 5.7l.9-.9M13 6.1l.1-.1A4 4 0 0 1 18.7 11.7M3 3l18 18"/>',
  shield:
    '<path d="M12 3 5 5.5v6c0 4.3 2.9 7.9 7 9.5 4.1-1.6 7-5.2 7-9.5v-6Z"/><path d="M12 8v4.5M12 15.8v.1"/>',
  cloud:
    '<path d="M7 18a4.5 4.5 0 0 1-.6-9A6 6 0 0 1 18 10.3 3.9 3.9 0 0 1 17.5 18Z"/><path d="M12 11.5v2M12 15.4v.1"/>',
} as const;

export type Icon = keyof typeof drawings;
export type Tone = 'plain' | 'good' | 'warn' | 'danger';

export function icon(name: Icon, tone: Tone): string {
  return (
    `<div class="icon ${tone}" aria-hidden="true"><svg width="24" height="24" viewBox="0 0 24 24" fill="none" ` +
    `stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" focusable="false">` +
    `${drawings[name]}</svg></div>`
  );
}
