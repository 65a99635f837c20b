/** Line drawings on a grid of 24; they repeat what stands beside them, so they are hidden from assistive technology. */
const drawings = {
  overview: 'M4 13a8 8 0 1 1 16 0M12 13l4-4M5 18h14',
  key: 'M8 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM10.9 12.1l8.6-8.6M16 7l3 3M13.5 9.5 15 11',
  usage: 'M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6',
  bell: 'M6 17h12l-1.6-2.4V10.5a4.4 4.4 0 0 0-8.8 0v4.1ZM10 20h4M12 6V4',
  plan: 'M4 7h16v11H4zM4 11h16M8 15h3',
  start: 'm8 8-4 4 4 4M16 8l4 4-4 4M13.5 5l-3 14',
  settings:
    'M4 7h9M17 7h3M4 17h3M11 17h9M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  check: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8 12.3l2.7 2.7L16 9.5',
  tick: 'm5 12.5 4.5 4.5L19 7.5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.2 2',
  warning: 'M12 4 2.8 20h18.4ZM12 10v4.5M12 17.3v.1',
  stop: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.5V13M12 16.3v.1',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.8v.1',
  pause: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM10 9v6M14 9v6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14',
  rotate: 'M4 12a8 8 0 0 1 13.7-5.6L20 8.6M20 4v4.6h-4.6M20 12a8 8 0 0 1-13.7 5.6L4 15.4M4 20v-4.6h4.6',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  next: 'm9 6 6 6-6 6',
  back: 'm15 6-6 6 6 6',
  outward: 'M8 5H5v14h14v-3M13 5h6v6M19 5l-8 8',
  mail: 'M3 6h18v13H3zM3.5 7l8.5 6.5L20.5 7',
  card: 'M3 6h18v13H3zM3 10h18M7 15h3',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
  system: 'M3 5h18v11H3zM9 20h6M12 16v4',
  leave: 'M14 5H5v14h9M11 12h10M17.5 8.5 21 12l-3.5 3.5',
  shield: 'M12 3 5 5.5v6c0 4.3 2.9 7.9 7 9.5 4.1-1.6 7-5.2 7-9.5v-6Z',
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={drawings[name]} />
    </svg>
  );
}
