/** The style of all pages: light or dark as the reader's system is, and nothing that is fetched from anywhere. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f7, #14171c);
  --card: light-dark(#ffffff, #1d2128);
  --line: light-dark(#868e9a, #7c8695);
  --text: light-dark(#1b1f26, #eceff4);
  --quiet: light-dark(#555e6b, #aab3c0);
  --accent: light-dark(#1a56c4, #8ab4ff);
  --on-accent: light-dark(#ffffff, #10131a);
  --wrong: light-dark(#b3261e, #ffb4ab);
  --wrong-ground: light-dark(#fdecea, #3a1d1b);
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main {
  overflow-wrap: anywhere;
  width: 100%; max-width: 26rem; padding: 2rem; border-radius: 0.75rem;
  background: var(--card); border: 1px solid light-dark(#dfe3e8, #2b313a);
}
h1 { margin: 0 0 0.25rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0.75rem 0; }
.product { margin: 0 0 1.25rem; color: var(--quiet); }
.quiet, .hint { color: var(--quiet); font-size: 0.875rem; }
form { margin: 1.25rem 0; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input {
  display: block; width: 100%; min-height: 2.75rem; margin-top: 0.25rem; padding: 0.5rem 0.75rem;
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem;
}
input[aria-invalid] { border-color: var(--wrong); }
.code { font-size: 1.5rem; letter-spacing: 0.35em; font-variant-numeric: tabular-nums; }
.hint { margin: 0.25rem 0 0; padding: 0; }
ul.hint { padding-left: 1.25rem; }
button {
  width: 100%; min-height: 2.75rem; margin-top: 1.5rem; padding: 0.5rem 1rem; cursor: pointer;
  font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 0.5rem;
}
button.second { color: var(--accent); background: transparent; border: 1px solid var(--accent); margin-top: 0.5rem; }
button:hover { filter: brightness(1.08); }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role="alert"] {
  margin: 1rem 0; padding: 0.75rem 1rem; border-radius: 0.5rem;
  color: var(--wrong); background: var(--wrong-ground); border: 1px solid var(--wrong);
}
[role="alert"] ul { margin: 0.25rem 0 0; padding-left: 1.25rem; }
footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid light-dark(#dfe3e8, #2b313a); }
@media (forced-colors: active) { button { border: 1px solid; } }
`;
