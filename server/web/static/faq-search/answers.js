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
  const { decision, answers, handoff: person } = data;
  const button = () => el("button", { type: "button", class: "main", click: () => handoff(box) }, t("human"));
  if (decision === "answer") {
    const together = data.together ?? [answers[0].id];
    const given = answers.filter((item) => together.includes(item.id));
    const rest = answers.filter((item) => !together.includes(item.id)).slice(0, 3);
    // Where money is at stake a person is offered beside the answer.
    const urgent = person && el("section", { class: "card warn", role: "alert" },
      el("p", {}, person.message), el("div", { class: "row" }, button()));
    box.show(`${t("high")}: ${given[0].question}`, urgent, ...given.map((item) => card(box, item, "high")), others(box, rest));
  } else if (decision === "clarify") {
    const choice = ({ id, lang, question, url }) =>
      el("button", { type: "button", lang, click: () => box.pick(box.asked.text, { article_id: id, lang, url }) }, question);
    box.show(t("medium"), el("section", { class: "card", "aria-label": t("medium") },
      el("p", { class: "level" }, t("medium")),
      el("div", { class: "choices" }, ...data.clarify.map(choice),
        el("button", { type: "button", click: () => handoff(box) }, t("none")))));
  } else if (person.intake && person.reason !== "low_confidence") {
    handoff(box);
  } else {
    const unsure = person.reason === "low_confidence";
    box.show(person.message, el("section", { class: "card", "aria-label": t("human") },
      unsure ? el("p", { class: "level" }, t("low")) : null,
      el("p", {}, person.message), person.intake ? el("div", { class: "row" }, button()) : null),
    others(box, answers.slice(0, 3)));
  }
}

/** Show the article that was `picked`: the first of the answers; of a long one, its section. */
export async function article(box, picked, signal) {
  const [item] = box.asked.data.answers;
  const number = /#section-(\d+)$/.exec(picked.url ?? "")?.[1];
  if (number && item.url !== picked.url) {
    const { sections } = await box.call(`/v1/articles/${encodeURIComponent(item.id)}?lang=${picked.lang}`, { signal });
    const { heading: question, answer_html } = sections[number - 1];
    Object.assign(item, { question, answer_html, url: picked.url });
  }
  box.show(item.question, card(box, item, "picked"));
}

function card(box, item, level) {
  const { t } = box;
  const prose = el("div", { class: "prose" }, fromHtml(item.answer_html, box.server));
  highlight(prose, box.asked.text);
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
