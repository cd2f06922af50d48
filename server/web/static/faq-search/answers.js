// What is shown for a question: the answer, choices, or the way to a person.

import { el, fromHtml } from "./dom.js";
import { handoff } from "./handoff.js";
import { highlight } from "./marks.js";
import { TEXTS } from "./texts.js";
import { views } from "./views-style.js";
import { VIEWS } from "./views-texts.js";

Object.assign(TEXTS, VIEWS);

/** Let `box` look as the views want. */
export function dress(box) {
  box.shadowRoot.adoptedStyleSheets = [...new Set([...box.shadowRoot.adoptedStyleSheets, views])];
}

/** Show what the server decided on the question that `box` has asked. */
export function answer(box) {
  const { t, asked: { data } } = box;
  const { decision, answers } = data;
  if (decision === "answer") {
    const together = data.together ?? [answers[0].id];
    const [first, rest] = [answers.filter((a) => together.includes(a.id)), answers.filter((a) => !together.includes(a.id))];
    const urgent = data.handoff && el("section", { class: "card warn", role: "alert" }, el("p", {}, data.handoff.message),
      el("div", { class: "row" }, el("button", { type: "button", class: "main", click: () => handoff(box) }, t("human"))));
    box.show(`${t("high")}: ${first[0].question}`, urgent, ...first.map((item) => card(box, item, "high")), others(box, rest.slice(0, 3)));
  } else if (decision === "clarify") {
    const title = t("medium");
    const choice = ({ id, lang, question, url }) =>
      el("button", { type: "button", lang, click: () => open(box, { article_id: id, lang, url }) }, question);
    box.show(title, el("section", { class: "card", "aria-label": title },
      el("p", { class: "level" }, title),
      el("div", { class: "choices" }, ...data.clarify.map(choice),
        el("button", { type: "button", click: () => handoff(box) }, t("none")))));
  } else {
    const { message, reason } = data.handoff;
    box.show(message, el("section", { class: "card", "aria-label": t("human") },
      reason === "low_confidence" ? el("p", { class: "level" }, t("low")) : null,
      el("p", {}, message),
      el("div", { class: "row" }, el("button", { type: "button", class: "main", click: () => handoff(box) }, t("human")))),
    others(box, answers.slice(0, 3)));
  }
}

/** Show the article that was `picked`, whatever the server thinks of it. */
export async function article(box, picked, signal) {
  const { article_id: id, lang, url } = picked;
  const known = box.asked.data.answers.find((a) => a.id === id && a.lang === lang && a.url === url);
  const item = known ?? sectioned(await box.call(`/v1/articles/${encodeURIComponent(id)}?lang=${lang}`, { signal }), url);
  box.show(item.question, card(box, item, "picked"));
}

function open(box, picked) {
  article(box, picked).catch((error) => box.fail(error, () => open(box, picked)));
}

/** Return an article in the shape of an answer: of a long one, the section that `url` names. */
function sectioned(found, url) {
  const section = found.sections[Number(/#section-(\d+)$/.exec(url)?.[1]) - 1];
  return { ...found, question: found.title, url, ...(section && { ...section, question: section.heading, section: section.heading }) };
}

function card(box, item, level) {
  const { t } = box;
  const prose = el("div", { class: "prose" }, fromHtml(item.answer_html, box.server));
  highlight(prose, box.asked.text, item.lang);
  return el("article", { class: "card", part: "answer", lang: item.lang },
    el("p", { class: `level ${level}`, lang: box.language }, t(level)),
    el("h2", {}, item.question),
    item.lang === box.language || item.twin ? null : el("p", { class: "quiet", lang: box.language }, t("foreign")),
    prose,
    el("p", { class: "row quiet", lang: box.language },
      el("a", { href: new URL(item.url, box.server).href, target: "_blank", rel: "noopener" }, t("article"))),
    feedback(box, item));
}

function others(box, items) {
  if (!items.length) return null;
  return el("section", { class: "card", "aria-label": box.t("others") },
    el("p", { class: "quiet" }, box.t("others")),
    ...items.map((item) => el("details", { lang: item.lang }, el("summary", {}, item.question),
      el("div", { class: "prose" }, fromHtml(item.answer_html, box.server)))));
}

function feedback(box, item) {
  const { t, asked: { data } } = box;
  const place = el("div", { class: "row", lang: box.language });
  const send = async (helpful, comment) => {
    const body = { message_id: data.message_id, article_id: item.id, helpful, comment: comment || undefined };
    try {
      await box.call("/v1/feedback", { body });
    } catch (error) {
      return place.append(el("p", { class: "bad", role: "alert" }, error.kind === "refused" ? error.message : t(error.kind)));
    }
    place.replaceChildren(el("p", { role: "status" }, t("thanks")), human());
    if (!helpful && comment === undefined) place.append(more());
  };
  const human = () => el("button", { type: "button", click: () => handoff(box, item.id) }, t("human"));
  const more = () => {
    const text = el("input", { maxlength: 2000 });
    return el("form", { class: "ask", submit: (event) => { event.preventDefault(); send(false, text.value); } },
      el("label", {}, t("missing"), text), el("button", {}, t("send")));
  };
  const button = (name, helpful) => el("button", { type: "button", click: () => send(helpful) }, t(name));
  place.append(el("span", { class: "quiet" }, t("helpful")), button("yes", true), button("no", false), human());
  return place;
}
