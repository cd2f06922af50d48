// The words of the question, marked in the answer.

import { el } from "./dom.js";

const HAN = /\p{Script=Han}/u;
const STOP = new Set(
  ("what when where which with from have does this that there they been will would should your about into " +
    "怎么 怎么办 怎样 什么 如何 为什么 没有 可以 需要 一个 这个 那个 我的").split(" "),
);

/** Mark the words of `query` in the texts below `node`. */
export function highlight(node, query, lang) {
  const parts = Intl.Segmenter
    ? [...new Intl.Segmenter(lang, { granularity: "word" }).segment(query)].map((part) => part.segment)
    : query.split(/[\s,.?!，。？！]+/);
  const patterns = parts
    .map((word) => word.toLowerCase())
    .filter((word) => !STOP.has(word) && (HAN.test(word) ? word.length > 1 : /^[a-z\d]{4,}$/.test(word)))
    .map((word) => (HAN.test(word) ? word : `\\b${word.length > 5 ? word.replace(/(ing|ed|es|s)$/, "") : word}\\w*`));
  if (!patterns.length) return;
  const wanted = new RegExp(`(${patterns.join("|")})`, "gi");
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const cut = text.data.split(wanted);
    if (cut.length > 1) text.replaceWith(...cut.map((part, place) => (place % 2 ? el("mark", {}, part) : part)));
  }
}
