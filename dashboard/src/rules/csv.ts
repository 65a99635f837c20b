type Cell = string | number;

/**
 * A file for spreadsheets (RFC 4180). A text that begins as a formula would, such as a key's name, gets an apostrophe before
 * it: a spreadsheet must not calculate what somebody typed. Semicolons are quoted as well, for many countries' spreadsheets part
 * cells there.
 */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
