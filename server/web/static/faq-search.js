// <faq-search server="https://help.example" lang="zh" product="tpwallet"></faq-search>
//
// A search box for a help centre, on any page: a combobox (ARIA 1.2), answers, the way to a person.
// `server` is where this file is from, `lang` and the colours are the page's, where not said; `theme`
// may be light, dark or auto. What it holds shows until it runs. Events: `faq-answer`, `faq-ticket`.

import { call, mayBeSecret } from "./faq-search/client.js";
import { el, fromHtml } from "./faq-search/dom.js";
import { sheet } from "./faq-search/style.js";
import { texts } from "./faq-search/texts.js";

const DEBOUNCE = 70; // ms; a person types a key every 100 to 200
const PATIENCE = 4000; // ms until a wait is explained
const CACHED = 200;
const LONG = 60; // longer needs no completion
const SHOWS_LANGUAGE = /\p{Script=Han}|[a-z]+\W+[a-z]+/iu;

// What shows answers comes when somebody begins to type: a page that embeds the box stays light.
let views;
let tries = 0;
function load() {
  views ??= import(`./faq-search/answers.js${tries ? `?${tries}` : ""}`).catch((error) => {
    views = undefined;
    tries += 1; // browsers keep what failed under its address
    throw error;
  });
  return views;
}

class FaqSearch extends HTMLElement {
  static observedAttributes = ["lang"];
  #cache = new Map();
  #composing = false;
  #active = -1;
  #found = [];
  #typed; // aborts the suggestions for what was typed before
  #asked; // aborts the question before

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.#render(this.getAttribute("value") ?? "");
  }

  disconnectedCallback() {
    this.#typed?.abort();
    this.#asked?.abort();
  }

  attributeChangedCallback() {
    if (this.shadowRoot) this.#render(this.input.value);
  }

  get language() {
    const lang = this.lang || this.closest("[lang]")?.lang || navigator.language;
    return lang.startsWith("zh") ? "zh" : "en";
  }

  get server() {
    return new URL(this.getAttribute("server") ?? new URL(import.meta.url).origin, document.baseURI);
  }

  get product() {
    return this.getAttribute("product") || undefined;
  }

  focus(options) {
    this.input?.focus(options);
  }

  /** Ask `text`, as if it had been typed. */
  ask(text) {
    this.input.value = text;
    return this.#ask(text);
  }

  #render(value) {
    const t = (this.t = texts(this.language));
    this.#cache.clear();
    this.input = el("input", {
      id: "q", value, part: "input", type: "text", role: "combobox", autocomplete: "off", autocapitalize: "none",
      spellcheck: "false", enterkeyhint: "search", maxlength: 2000, placeholder: this.getAttribute("placeholder"),
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "list", "aria-describedby": "hint",
      focus: () => load().catch(() => {}),
      input: () => this.#type(),
      keydown: (event) => this.#key(event),
      blur: () => this.#close(),
      compositionstart: () => { this.#composing = true; },
      compositionend: () => { this.#composing = false; this.#type(); },
    });
    this.list = el("ul", {
      id: "list", class: "list", part: "list", role: "listbox", hidden: true, "aria-label": t("suggestions"),
      mousedown: (event) => event.preventDefault(), // the focus stays
      click: (event) => this.#pick([...this.list.children].indexOf(event.target.closest("li"))),
    });
    this.said = el("p", { class: "sr", role: "status" });
    this.out = el("div", { part: "results" });
    const ask = (event) => { event.preventDefault(); if (!this.#composing) this.#ask(this.input.value); };
    this.shadowRoot.replaceChildren(
      el("form", { class: "box", role: "search", part: "box", submit: ask },
        el("label", { class: "label", part: "label", for: "q" }, this.getAttribute("label") ?? t("label")),
        el("div", { class: "field", part: "field" },
          this.input, el("button", { class: "main", part: "button" }, t("search")), this.list),
        el("p", { id: "hint", class: "hint", part: "hint" }, t("hint"))),
      this.said, this.out);
  }

  #type() {
    this.#typed?.abort();
    const text = this.input.value.trim();
    if (this.#composing || !text || text.length > LONG || mayBeSecret(text)) return this.#close();
    if (this.#cache.has(text)) return this.#suggest(this.#cache.get(text));
    const { signal } = (this.#typed = new AbortController());
    setTimeout(() => signal.aborted || this.#load(text, signal), DEBOUNCE);
  }

  async #load(text, signal) {
    try {
      const query = new URLSearchParams({ q: text, lang: this.language, limit: 7 });
      const data = await this.call(`/v1/suggest?${query}`, { signal });
      if (signal.aborted) return;
      if (data.warning) return this.#block(data.warning);
      if (this.#cache.size >= CACHED) this.#cache.delete(this.#cache.keys().next().value);
      this.#cache.set(text, data.suggestions);
      this.#suggest(data.suggestions);
    } catch {
      if (!signal.aborted) this.#close(); // they are an aid: asking works without
    }
  }

  #suggest(found) {
    this.#found = found;
    this.list.replaceChildren(...found.map((each, place) =>
      el("li", { id: `o${place}`, part: "option", role: "option", "aria-selected": "false", lang: each.lang },
        fromHtml(each.html, this.server))));
    this.#select(-1);
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.say(found.length ? this.t("count", { n: found.length }) : "");
  }

  #close() {
    this.#typed?.abort();
    if (!this.list.hidden) this.#suggest([]);
  }

  #select(place) {
    this.#active = place;
    const options = [...this.list.children];
    options.forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
    options[place]?.scrollIntoView({ block: "nearest" });
    if (options[place]) this.input.setAttribute("aria-activedescendant", options[place].id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    // 229: the key belongs to an input method, also the Enter that ends a composition.
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
    const open = !this.list.hidden;
    const size = this.#found.length + 1; // one is the input itself
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && open) this.#select(((this.#active + 1 + step + size) % size) - 1);
    else if (step) this.#type();
    else if (event.key === "Escape" && open) this.#close();
    else if (event.key === "Escape") this.input.value = "";
    else if (event.key === "Enter" && open && this.#active >= 0) this.#pick(this.#active);
    else return;
    event.preventDefault();
  }

  #pick(place) {
    const picked = this.#found[place];
    if (picked) {
      this.input.value = picked.text;
      this.pick(picked.text, picked);
    }
  }

  // Answers

  async #ask(text, picked) {
    this.#close();
    this.#asked?.abort();
    text = text.trim();
    if (!text) return this.input.focus();
    const { signal } = (this.#asked = new AbortController());
    this.out.setAttribute("aria-busy", "true");
    const waits = [setTimeout(() => this.#wait("working"), 300), setTimeout(() => this.#wait("waiting"), PATIENCE)];
    try {
      const shown = load();
      shown.catch(() => {});
      const data = await this.call("/v1/ask", { signal, body: {
        query: text,
        lang: SHOWS_LANGUAGE.test(text) && !mayBeSecret(text) ? undefined : this.language,
        product: this.product,
        conversation_id: this.conversation,
        article_id: picked?.article_id,
        channel: "web",
      } });
      if (data.warning) return this.#block(data.warning);
      this.conversation = data.conversation_id;
      this.token = data.conversation_token ?? this.token; // told with the first turn
      this.asked = { text, data, before: this.asked?.text };
      const { answer, article, dress } = await shown;
      if (signal.aborted) return;
      dress(this);
      if (picked && data.decision === "answer") await article(this, picked, signal);
      else answer(this);
      this.tell("faq-answer", { decision: data.decision, message_id: data.message_id });
    } catch (error) {
      if (!signal.aborted) this.fail(error, () => this.#ask(text, picked));
    } finally {
      waits.forEach(clearTimeout);
      if (this.#asked?.signal === signal) this.out.removeAttribute("aria-busy");
    }
  }

  #wait(name) {
    this.say(this.t(name));
    this.out.replaceChildren(el("p", { class: "card quiet" }, this.t(name)));
  }

  #block(warning) {
    this.#close();
    this.#cache.clear();
    this.#asked?.abort();
    this.input.value = "";
    this.asked = undefined;
    this.show("", el("section", { class: "card warn", role: "alert" },
      el("h2", {}, this.t("blocked")), el("p", {}, warning.message)));
  }

  // For the views

  /** Ask `text` and show the article that was picked for it. */
  pick(text, picked) {
    return this.#ask(text, picked);
  }

  call(path, options) {
    return call(this.server, this.language, path, options);
  }

  /** Show `children` in place of what was there, and read `title` out. */
  show(title, ...children) {
    this.out.replaceChildren(...children.filter(Boolean));
    this.say(title);
  }

  say(text) {
    this.said.textContent = text;
  }

  fail(error, retry) {
    const text = ["busy", "refused"].includes(error.kind) ? error.message : this.t(error.kind ?? "gone");
    this.out.replaceChildren(
      el("div", { class: "card warn", role: "alert" }, el("p", {}, text),
        el("div", { class: "row" }, el("button", { type: "button", click: retry }, this.t("retry")))));
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.get("faq-search") ?? customElements.define("faq-search", FaqSearch);
