/** The style of all pages: light or dark as the reader's system is, and nothing that is fetched from anywhere. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dce3, #3a4150); --soft: light-dark(#5a6473, #a5afbf);
  --accent: light-dark(#4b3fd6, #a59dff); --on-accent: light-dark(#fff, #14122b); --bad: light-dark(#a3151d, #ff9a9a);
  --good: light-dark(#11693a, #7ddca5); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f6f7f9, #171a20); }
main { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
main.wide { max-width: 62rem; }
section { background: light-dark(#fff, #1f242d); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem;
  margin: 0 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; } h2 { font-size: 1.15rem; margin: 0 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.price { font-size: 2rem; font-weight: 650; margin: 0; }
.soft, footer { color: var(--soft); } .bad { color: var(--bad); } .good { color: var(--good); }
[role=alert] { border: 2px solid var(--bad); border-radius: 8px; padding: .5rem .75rem; color: var(--bad); }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: .75rem 0; }
form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: center; } form.tall { display: grid; }
button, a.button { font: inherit; padding: .45rem .9rem; border-radius: 8px; border: 1px solid var(--soft); background: transparent;
  color: inherit; cursor: pointer; text-align: center; text-decoration: none; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input { font: inherit; width: 7rem; padding: .35rem .5rem; border-radius: 8px; border: 1px solid var(--soft); background: transparent; color: inherit; }
a { color: var(--accent); } code { overflow-wrap: anywhere; font-size: .85em; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); }
`;
