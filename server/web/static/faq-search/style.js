// The box's looks: change them by --faq-* and ::part(). Colours meet WCAG AA and follow color-scheme.

const SHEET = `
:host { display: block; color-scheme: inherit; --accent: var(--faq-accent, #1f5f5b); --on: var(--faq-on-accent, #fff);
  --ground: var(--faq-ground, #fff); --text: var(--faq-text, #22262a); --quiet: var(--faq-quiet, #5a6268);
  --line: var(--faq-line, #dcd9d3); --edge: var(--faq-edge, #85898c); --tint: var(--faq-tint, #eaf3f1);
  --mark: var(--faq-mark, #fbe9a6); --warn: var(--faq-warn, #b3372b); --warn-ground: var(--faq-warn-ground, #fdeeec);
  --radius: var(--faq-radius, .625rem); color: var(--text); text-autospace: normal;
  font: 1rem/1.7 var(--faq-font, system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB",
  "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif); text-align: start; overflow-wrap: anywhere }
@supports (color: light-dark(#000, #fff)) { :host {
  --accent: var(--faq-accent, light-dark(#1f5f5b, #7cc7bf)); --on: var(--faq-on-accent, light-dark(#fff, #10201f));
  --ground: var(--faq-ground, light-dark(#fff, #1e2225)); --text: var(--faq-text, light-dark(#22262a, #e4e6e7));
  --quiet: var(--faq-quiet, light-dark(#5a6268, #a4abb0)); --line: var(--faq-line, light-dark(#dcd9d3, #363c40));
  --edge: var(--faq-edge, light-dark(#85898c, #767d82)); --tint: var(--faq-tint, light-dark(#eaf3f1, #1f2f2e));
  --mark: var(--faq-mark, light-dark(#fbe9a6, #5c4d14)); --warn: var(--faq-warn, light-dark(#b3372b, #e57d72));
  --warn-ground: var(--faq-warn-ground, light-dark(#fdeeec, #351f1d)) } }
:host([hidden]), [hidden] { display: none }
:host([theme=light]) { color-scheme: light } :host([theme=dark]) { color-scheme: dark }
:host([theme=auto]) { color-scheme: light dark }
*, ::before, ::after { box-sizing: border-box }
label, h2 { font-weight: 650; line-height: 1.4 }
.label { display: block; margin-block-end: .5rem; font-size: 1.125rem }
.field { position: relative; display: flex; gap: .5rem }
input, textarea, select { width: 100%; min-width: 0; padding: .7rem .9rem; border: 1px solid var(--edge);
  border-radius: var(--radius); background: var(--ground); color: inherit; font: inherit }
.field input { flex: 1; width: auto }
button { padding: .55rem 1.1rem; border: 1px solid var(--edge); border-radius: var(--radius); background: none;
  color: var(--accent); font: inherit; font-weight: 600; cursor: pointer }
.main { padding-inline: 1.4rem; border-color: transparent; background: var(--accent); color: var(--on) }
button:disabled { opacity: .6; cursor: default }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
a { color: var(--accent); text-underline-offset: .2em }
p { margin: 0 0 .8rem }
.hint { margin: .5rem 0 0 } .hint, .quiet { color: var(--quiet); font-size: .9rem }
ul.list { position: absolute; z-index: 10; inset: calc(100% + .35rem) 0 auto; max-height: 24rem; margin: 0; padding: .35rem;
  overflow: auto; border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground);
  box-shadow: 0 .75rem 2rem rgb(0 0 0 / .16); list-style: none }
.list li { padding: .5rem .65rem; border-radius: calc(var(--radius) - .25rem); line-height: 1.5; cursor: pointer }
.list [aria-selected=true], .list li:hover { background: var(--tint) }
.list [aria-selected=true] { box-shadow: inset 3px 0 var(--accent); outline: 2px solid transparent }
.list mark { background: none; color: var(--accent); font-weight: 650 }
.card { margin-block-start: 1rem; padding: 1.25rem 1.4rem; border: 1px solid var(--line); border-radius: var(--radius);
  background: var(--ground) }
.card h2 { margin: 0 0 .75rem; font-size: 1.25rem; text-wrap: balance }
.warn { border-color: var(--warn); border-inline-start-width: 4px; background: var(--warn-ground) }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin-block-start: 1rem }
.sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (max-width: 30rem) { .main { padding-inline: .95rem } .card { padding: 1rem } }
@media (prefers-reduced-motion: no-preference) { .card { animation: in .18s ease-out }
  @keyframes in { from { opacity: 0; transform: translateY(4px) } } }
@media print { form.box, .row { display: none } }
`;

/** Return a style sheet of `rules`: no element in the page, so no CSP minds. */
export function sheetOf(rules) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
}

export const sheet = sheetOf(SHEET);
