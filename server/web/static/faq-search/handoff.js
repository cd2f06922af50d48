// The way to a person: the questions that fit the case, then the ticket with its replies.

import { el } from "./dom.js";

const POLL = 30000; // ms between two looks at a ticket that is on the screen
const PLAIN = { autocapitalize: "none", autocomplete: "off", spellcheck: "false" };

/** Ask what a person has to know, about the article `about` (its id) where it is about one. */
export async function handoff(box, about) {
  const { t, asked } = box;
  let known = asked.data.handoff;
  if (!known?.intake) {
    const wanted = new URLSearchParams({ lang: box.language });
    if (about) wanted.set("article_id", about);
    if (box.product) wanted.set("product", box.product);
    try {
      known = await box.call(`/v1/handoffs/form?${wanted}`);
    } catch (error) {
      return box.fail(error, () => handoff(box, about));
    }
  }
  const back = [...box.out.childNodes];
  const problems = el("p", { class: "bad", role: "alert", hidden: true });
  const submit = el("button", { class: "main" }, t("submit"));
  let said, key;
  const send = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    box.say(t("sending"));
    try {
      const body = { ...read(event.target), lang: box.language, product: box.product, article_id: about, channel: "web",
        conversation_id: box.conversation, conversation_token: box.token };
      // Sent again as it was, after an answer that did not come, it is the same ticket.
      const now = JSON.stringify(body);
      if (said !== now) [said, key] = [now, crypto.getRandomValues(new Uint32Array(4)).join("-")];
      opened(box, await box.call("/v1/handoffs", { body, headers: { "Idempotency-Key": key } }));
    } catch (error) {
      // What was written stays: the form is there until the ticket is.
      problems.textContent = ["busy", "refused"].includes(error.kind) ? error.message : t(error.kind ?? "gone");
      problems.hidden = submit.disabled = false;
    }
  };
  const cancel = () => { box.show("", ...back); box.input.focus(); };
  const title = el("h2", { tabindex: "-1" }, t("human"));
  // "Talk to a person" is no case: the question before it is.
  const query = known.reason === "asked_for_human" ? (asked.before ?? "") : asked.text;
  box.show("", el("section", { class: "card", part: "handoff" }, title,
    known.message ? el("p", {}, known.message) : null, people(box, known),
    // Some of the editors' messages say it already.
    /mnemonic|助记词/i.test(known.message) ? null : el("p", { class: "quiet" }, t("never")),
    el("form", { class: "ask", submit: send },
      field(t("question"), el("textarea", { name: "query", rows: 3, maxlength: 2000, required: true }, query)),
      ...(known.intake ?? []).map((each) => question(t, each)),
      field(t("contact"), el("input", { name: "contact", maxlength: 200, ...PLAIN })),
      problems,
      el("div", { class: "row" }, submit, el("button", { type: "button", click: cancel }, t("cancel"))))));
  title.focus();
}

const field = (text, input) => el("label", {}, el("span", {}, text), input);

function question(t, { id, kind, text, required, choices }) {
  const name = `intake.${id}`;
  const label = text + (required ? t("required") : "");
  if (kind === "choice") {
    const options = choices.map((choice) => el("option", {}, choice));
    return field(label, el("select", { name, required }, el("option", { value: "" }, t("choose")), ...options));
  }
  if (kind === "datetime") return field(label, el("input", { name, required, type: "datetime-local" }));
  if (kind === "text") return field(label, el("textarea", { name, required, rows: 2, maxlength: 2000 }));
  return field(label, el("input", { name, required, maxlength: 200, ...PLAIN }));
}

function read(form) {
  const body = { intake: {} };
  for (const [name, value] of new FormData(form)) {
    if (!value.trim()) continue;
    if (name.startsWith("intake.")) body.intake[name.slice(7)] = value;
    else body[name] = value;
  }
  return body;
}

/** Tell who can be reached now, or when. */
function people(box, { channels_open: open, opens_at: opens }) {
  const { t } = box;
  if (open?.length) {
    // Which channels depends on the product: where that is not known, only that somebody is there.
    const known = new Set(open.map((each) => each.product)).size === 1;
    const names = open.map((each) => each.name).join(box.language === "zh" ? "、" : ", ");
    return el("p", { class: "quiet" }, known ? t("open") + names : t("staffed"));
  }
  return opens ? el("p", {}, t("opens"), moment(box, opens)) : null;
}

const moment = (box, iso) =>
  new Date(iso).toLocaleString(box.language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });

function opened(box, made) {
  const { t } = box;
  const title = t("ticket", { id: made.ticket_id });
  const page = new URL(`${made.url}#${made.token}`, box.server);
  const status = el("p", { class: "level", role: "status" });
  const replies = el("ul", { class: "replies" });
  const heading = el("h2", { tabindex: "-1" }, title);
  const show = (ticket) => {
    const said = t("status", { status: t(`status.${ticket.status}`) });
    if (status.textContent !== said) status.textContent = said;
    replies.replaceChildren(...(ticket.events ?? []).filter((each) => each.kind === "reply").map((each) =>
      el("li", {}, el("span", { class: "quiet" }, moment(box, each.at)), el("p", {}, each.text))));
  };
  const look = () => box.call(`/v1/handoffs/${made.ticket_id}`, { token: made.token }).then(show, (error) => {
    status.textContent = error.kind === "refused" ? error.message : t(error.kind);
  });
  const timer = setInterval(() => {
    if (!status.isConnected) clearInterval(timer);
    else if (!document.hidden) look();
  }, POLL);
  show(made);
  box.show(title, el("section", { class: "card", part: "ticket" }, heading, status,
    made.warning ? el("p", { class: "bad", role: "alert" }, made.warning.message) : null,
    replies, people(box, made), el("p", {}, t("keep")),
    el("div", { class: "row" },
      el("a", { class: "main", href: page.href, target: "_blank", rel: "noopener" }, t("page")),
      el("button", { type: "button", click: look }, t("refresh")))));
  heading.focus();
  box.tell("faq-ticket", { ticket_id: made.ticket_id });
}
