// What the help pages do with JavaScript, and do well enough without: a question asked in the box
// takes the place of what the server showed, and explanations of terms stay inside the window.

addEventListener("faq-answer", () => {
  for (const shown of document.querySelectorAll("[data-replaced]")) {
    // Shelves stay; the answer to the question before goes.
    shown.hidden = true;
  }
});

for (const term of document.querySelectorAll(".term")) {
  const meaning = term.querySelector(".meaning");
  const place = () => {
    term.classList.remove("dismissed");
    meaning.style.setProperty("--shift", "0px");
    const { left, width } = term.getBoundingClientRect();
    const room = document.documentElement.clientWidth - left - meaning.offsetWidth - 16;
    if (width && room < 0) meaning.style.setProperty("--shift", `${Math.max(room, 16 - left)}px`);
  };
  term.addEventListener("pointerenter", place);
  term.addEventListener("focusin", place);
}

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(".term")) term.classList.add("dismissed");
});

for (const time of document.querySelectorAll("time[data-moment]")) {
  const lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-GB";
  const moment = new Date(time.dateTime);
  time.textContent = moment.toLocaleString(lang, { dateStyle: "medium", timeStyle: "short" });
}

// The kept address of a ticket: its token stands behind the #, where no server and no log sees it.
const ticket = document.querySelector("form[data-ticket]");
const token = location.hash.slice(1);
if (ticket && token) {
  ticket.elements.token.value = token;
  ticket.action = `${location.pathname}${location.hash}`;
  ticket.requestSubmit();
}
