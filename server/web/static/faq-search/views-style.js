// How answers and tickets look.

import { sheetOf } from "./style.js";

export const views = sheetOf(`
p:last-child { margin-block-end: 0 } h2:focus { outline: none }
mark { background: var(--mark); color: inherit }
.level { display: flex; align-items: baseline; gap: .55rem; color: var(--quiet); font-size: .9rem }
.level::before { flex: none; width: .6rem; height: .6rem; border: 2px solid var(--accent); border-radius: 50%; content: "" }
.level.high::before { background: var(--accent) }
.prose { line-height: 1.75 } .prose :is(ol, ul) { padding-inline-start: 1.5rem } .prose li + li { margin-block-start: .35rem }
.prose > :first-child { margin-block-start: 0 }
.prose :is(pre, table) { display: block; overflow-x: auto }
.prose blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line) }
td, th { padding: .4rem .8rem .4rem 0; border-block-end: 1px solid var(--line); text-align: start }
.choices { display: grid; gap: .5rem; margin-block-start: .75rem }
.choices button { padding: .7rem 1rem; border-color: var(--line); background: var(--tint); text-align: start; font-weight: 500 }
details { border-block-start: 1px solid var(--line) }
summary { padding: .65rem 0; color: var(--accent); cursor: pointer }
details .prose { padding-block-end: 1rem }
form.ask { display: grid; gap: 1rem } form.ask label { display: grid; gap: .35rem; font-size: .95rem; font-weight: 500 }
.replies { padding: 0; list-style: none } .replies li { padding-inline-start: 1rem; border-inline-start: 3px solid var(--accent) }
a.main { display: inline-block; padding: .55rem 1.1rem; border-radius: var(--radius); font-weight: 600; text-decoration: none }
.row form { flex: 1 1 100% }
.bad { color: var(--warn) }
`);
