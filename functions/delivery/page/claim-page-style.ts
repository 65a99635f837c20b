/**
 * The claim page's style sheet. Every colour is a variable with a value for light and one for dark; each pair of text
 * and background has a contrast of at least 4.5 to 1 (the browser test measures it).
 */
export const claimPageStyle = `
:root {
  color-scheme: light dark;
  --paper: #f4f5f7; --card: #ffffff; --ink: #1b2230; --soft: #4d586a; --line: #dce0e7; --edge: #79859a;
  --accent: #2450c8; --accent-strong: #1b3f9f; --on-accent: #ffffff; --tint: #e9eefb;
  --good: #1a6b45; --good-tint: #e3f3ea; --warn: #85510a; --warn-tint: #fbf0dc;
  --danger: #b3261e; --danger-strong: #8f1d17; --on-danger: #ffffff; --danger-tint: #fbe9e7;
  --field: #f4f6fa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11151c; --card: #1a202a; --ink: #e8ebf1; --soft: #aab4c4; --line: #2e3744; --edge: #7c889c;
    --accent: #9db8ff; --accent-strong: #bdd0ff; --on-accent: #0f1a38; --tint: #232f4d;
    --good: #7fd4a6; --good-tint: #1b3529; --warn: #f0c274; --warn-tint: #3a2e18;
    --danger: #ff9e94; --danger-strong: #ffbcb5; --on-danger: #3a0905; --danger-tint: #42211f;
    --field: #131821;
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; padding: clamp(1rem, 4vw, 3.5rem) 1rem 2.5rem; min-height: 100vh;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  overflow-wrap: break-word;
}
.page { width: 100%; max-width: 38rem; margin: 0 auto; }
.product { display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; margin: 0 0 1rem; padding: 0 .25rem; }
.product strong { font-weight: 650; }
.product span { color: var(--soft); font-size: .9375rem; }
main { display: block; padding: clamp(1.25rem, 5vw, 2.25rem); background: var(--card); border: 1px solid var(--line);
  border-radius: .875rem; }
.icon { display: grid; place-items: center; width: 2.75rem; height: 2.75rem; margin: 0 0 1.1rem; border-radius: .75rem;
  background: var(--tint); color: var(--accent); }
.icon.good { background: var(--good-tint); color: var(--good); }
.icon.warn { background: var(--warn-tint); color: var(--warn); }
.icon.danger { background: var(--danger-tint); color: var(--danger); }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em;
  text-wrap: balance; }
/* Focused by the script so that screen readers tell the new state; not a control, so it shows no ring. */
h1:focus { outline: none; }
section > :last-child { margin-bottom: 0; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; line-height: 1.4; font-weight: 650; }
p, ul, ol { margin: 0 0 .875rem; }
ul, ol { padding-left: 1.3rem; }
li { margin: 0 0 .375rem; }
.soft { color: var(--soft); }
.small { font-size: .9375rem; }
time { font-variant-numeric: tabular-nums; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .2em; }
a:hover { color: var(--accent-strong); text-decoration-thickness: 2px; }
a:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px;
  border-radius: .375rem; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 1.25rem 0 0; }
button { min-height: 2.75rem; padding: .5rem 1.15rem; border: 1px solid var(--edge); border-radius: .5rem;
  background: transparent; color: var(--ink); font: inherit; font-weight: 600; line-height: 1.3; cursor: pointer; }
button:hover { border-color: var(--ink); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
button.danger { background: var(--danger); border-color: var(--danger); color: var(--on-danger); }
button.danger:hover { background: var(--danger-strong); border-color: var(--danger-strong); }
button[aria-disabled="true"] { opacity: .6; cursor: progress; }
/* Room is kept for it beside or below the buttons, so that nothing moves when it speaks. */
.status { display: flex; flex: 1 1 8rem; gap: .6rem; align-items: center; min-height: 1.6rem; color: var(--soft);
  line-height: 1.4; }
.status.good { color: var(--good); }
.busy::before { content: ""; flex: none; width: 1rem; height: 1rem; border: 2px solid var(--line);
  border-top-color: var(--accent); border-radius: 50%; animation: turn 1s linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { .busy::before { animation: none; border-color: var(--accent); } }
code, pre { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.key { display: block; margin: 0; padding: 1rem 1.1rem; background: var(--field); border: 1px solid var(--edge);
  border-radius: .5rem; font-size: 1.0625rem; line-height: 1.55; overflow-wrap: anywhere;
  -webkit-user-select: all; user-select: all; }
.key::selection { background: var(--accent); color: var(--on-accent); }
pre { margin: 0 0 .875rem; padding: .75rem 1rem; background: var(--field); border: 1px solid var(--line);
  border-radius: .5rem; font-size: .875rem; line-height: 1.6; white-space: pre-wrap; overflow-wrap: anywhere; }
.note { margin: 1rem 0 0; padding: .75rem 1rem; border-left: 3px solid var(--warn); border-radius: 0 .375rem .375rem 0;
  background: var(--warn-tint); }
.apart { margin: 1.5rem 0 0; padding: 1.25rem 0 0; border-top: 1px solid var(--line); }
footer { margin: 1.25rem 0 0; padding: 0 .25rem; color: var(--soft); font-size: .9375rem; }
footer p { margin: 0 0 .25rem; }
footer ul { display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; margin: 0; padding: 0; list-style: none; }
footer li { margin: 0; }
footer a { display: inline-block; padding: .2rem 0; }
@media (max-width: 30rem) {
  body { padding: .875rem .75rem 2rem; }
  .actions button, .status { flex: 1 1 100%; }
}
@media (forced-colors: active) {
  button.primary, button.danger { border-width: 2px; }
}
@media print { footer, .actions, .status { display: none; } }
`;
