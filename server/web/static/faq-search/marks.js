// The words of the question, marked in the answer.

import { el } from "./dom.js";

// Chinese has no spaces: what stands between these is taken for words. No browser's own word list
// knows the words of this trade.
const BETWEEN = /[^\p{Script=Han}]+|怎么办|怎么样?|怎样|什么|如何|没有|可以|需要|一直|[的了吗呢吧啊是在我你您他就都还也不被把请]/u;
const LONGEST = 8;
const STOP = new Set(
  ("the and how why what when where which who can not has have had was were are you your for get got did does with " +
    "from this that there they been will would should into about").split(" "),
);

function patterns(query) {
  const text = query.toLowerCase();
  const found = new Set();
  for (const piece of text.split(BETWEEN)) {
    for (let length = Math.min(piece.length, LONGEST); length > 1; length -= 1) {
      for (let start = 0; start + length <= piece.length; start += 1) found.add(piece.slice(start, start + length));
    }
  }
  const longest = [...found].sort((one, other) => other.length - one.length).slice(0, 300);
  const latin = (text.match(/[a-z\d]{3,}/g) ?? []).filter((word) => !STOP.has(word));
  return [...longest, ...latin.map((word) => `\\b${word.replace(/(?<=.{4})(ing|ed|es|s)$/, "")}\\w*`)];
}

/** Mark the words of `query` in the texts below `node`. */
export function highlight(node, query) {
  const wanted = patterns(query);
  if (!wanted.length) return;
  const pattern = new RegExp(`(${wanted.join("|")})`, "gi");
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    const cut = text.data.split(pattern);
    if (cut.length > 1) text.replaceWith(...cut.map((part, place) => (place % 2 ? el("mark", {}, part) : part)));
  }
}
