// Elements without HTML parsing: nothing here that a strict CSP or Trusted Types would refuse.

/** Make an element. A function among the attributes listens; true is an empty one; null is none. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const TAGS = new Set(
  "a blockquote br code em h2 h3 h4 hr li mark ol p pre strong table tbody td th thead tr ul".split(" "),
);
const VOID = new Set(["br", "hr"]);
const TOKEN = /<(\/?)([a-z]\w*)([^<>]*)>|([^<]+|<)/gi;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

const decode = (text) =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (whole, number, name) =>
    number ? String.fromCodePoint(number) : (NAMED[name] ?? whole));

/** Build what the server sanitised once more, out of a few tags; all else is text. */
export function fromHtml(html, server) {
  const root = document.createDocumentFragment();
  const open = [root];
  for (const [whole, closing, name, attributes, text] of html.matchAll(TOKEN)) {
    const tag = name?.toLowerCase();
    const last = open[open.length - 1];
    if (text !== undefined || !TAGS.has(tag)) {
      last.append(decode(whole));
    } else if (closing) {
      if (open.length > 1) open.pop();
    } else {
      // The answer's title is the h2.
      const node = el(tag.replace(/^h(\d)/, (_, level) => `h${+level + 1}`));
      if (tag === "a") link(node, /\shref="([^"]*)"/.exec(attributes)?.[1], server);
      if (tag === "pre" || tag === "table") node.tabIndex = 0;
      if (tag === "ol") node.start = /\sstart="(\d+)"/.exec(attributes)?.[1] ?? 1;
      last.append(node);
      if (!VOID.has(tag)) open.push(node);
    }
  }
  return root;
}

function link(node, href, server) {
  const url = URL.canParse(decode(href ?? ""), server) && new URL(decode(href), server);
  if (!url || !/^(https?|mailto):$/.test(url.protocol)) return;
  Object.assign(node, { href: url.href, target: "_blank", rel: "noopener noreferrer" });
}
