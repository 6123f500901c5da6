// The conversation: messages, cards with buttons, and where one stands in it.

import { botFace, byId, face, icon, keepRows, make } from "./pieces.js";
import { messagesHere, placeHere } from "./seen.js";
import { drawChooser, drawEmpty, drawNobody } from "./welcome.js";

const NEAR = 80; // pixels from the end that still count as reading the newest
let shownPlace = null;
let newest = 0;
let answerAwaited = false;

export function drawTalk(seen, press, become) {
  const place = placeHere(seen);
  drawHead(seen, place);
  const log = byId("log");
  const entered = shownPlace !== `${seen.me?.id} ${seen.here}`;
  const atEnd = entered || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  if (entered) enter(log, seen);
  const rows = rowsOf(messagesHere(seen), seen);
  keepRows(log, rows, (row) => row.key, (row) => drawRow(row, seen, { press, become }));
  log.toggleAttribute("aria-busy", false);
  keepInSight(log, rows, { atEnd, entered });
}

export function forgetTalk() {
  shownPlace = null;
  answerAwaited = false;
  byId("log").replaceChildren();
  byId("newer").hidden = true;
}

// A button was pressed or a form sent in: what comes next is shown, wherever one was reading.
export function awaitAnswer() {
  answerAwaited = true;
}

export function wireTalk() {
  const log = byId("log");
  byId("newer").addEventListener("click", () => {
    log.scrollTop = log.scrollHeight;
    log.focus({ preventScroll: true });
  });
  log.addEventListener("scroll", () => {
    if (log.scrollHeight - log.scrollTop - log.clientHeight < NEAR) byId("newer").hidden = true;
  });
  byId("pinned").addEventListener("click", goToPinned);
  keepAtEnd(log);
}

// A log that gets lower, because the message box grows, goes on showing its end.
function keepAtEnd(log) {
  let height = log.clientHeight;
  new ResizeObserver(() => {
    if (log.scrollHeight - log.scrollTop - height < NEAR) log.scrollTop = log.scrollHeight;
    height = log.clientHeight;
  }).observe(log);
}

// Entering a place is not news: it is drawn busy, so that it is not read out as a whole.
function enter(log, seen) {
  log.setAttribute("aria-busy", "true");
  log.replaceChildren();
  shownPlace = `${seen.me?.id} ${seen.here}`;
  newest = Infinity;
}

function keepInSight(log, rows, { atEnd, entered }) {
  const last = Math.max(0, ...rows.map((row) => row.message?.id ?? 0));
  const fresh = entered ? rows.slice(-1) : rows.filter((row) => row.message?.id > newest);
  const more = last > newest;
  newest = entered ? last : Math.max(newest, last);
  const follow = atEnd || more && (answerAwaited || fresh.some((row) => row.mine));
  if (follow) goToEnd(log, fresh[0]);
  if (more) answerAwaited = false;
  byId("newer").hidden = follow || !(more || !byId("newer").hidden);
}

// The end, but never past the beginning of what is new: a card longer than the page is read from its top.
function goToEnd(log, first) {
  log.scrollTop = log.scrollHeight;
  const row = first && log.querySelector(`[data-key="${first.key}"]`);
  const above = row ? log.getBoundingClientRect().top - row.getBoundingClientRect().top : 0;
  if (above > 0) log.scrollTop -= above + 12;
}

function drawHead(seen, place) {
  byId("talk-title").textContent = place?.title ?? "The room";
  byId("talk-topic").textContent = place ? headline(place) : "";
  const pinned = messagesHere(seen).some((message) => message.pinned);
  byId("pinned").hidden = !pinned;
}

function headline(place) {
  if (place.direct) return "Direct messages: only you and the bot read here";
  return [place.archived ? "Closed" : "", place.topic, place.members.join(", ")].filter(Boolean).join(" · ");
}

function goToPinned() {
  const pinned = byId("log").querySelectorAll(".message.pinned-here");
  const last = pinned[pinned.length - 1];
  if (!last) return;
  last.scrollIntoView({ block: "start" });
  last.tabIndex = -1;
  last.focus({ preventScroll: true });
}

// Rows: days, and messages that know whether they follow one of the same person.
function rowsOf(messages, seen) {
  if (!messages.length) return [emptyRow(seen)];
  const rows = [];
  let before = null;
  for (const message of messages) {
    const newDay = message.at.slice(0, 10) !== before?.at.slice(0, 10);
    if (newDay) rows.push({ key: `day ${message.at.slice(0, 10)}`, day: message.day });
    const follows = !newDay && before?.author === message.author && message.author !== null
      && before.time === message.time;
    rows.push({ key: message.id, message, follows, mine: message.author === seen.me.id });
    before = message;
  }
  return rows;
}

function emptyRow(seen) {
  if (seen.here) return { key: "empty", direct: placeHere(seen)?.direct };
  return seen.people.length ? { key: "chooser", people: seen.people } : { key: "nobody" };
}

function drawRow(row, seen, { press, become }) {
  if (row.day) return make("div", { className: "day" }, row.day);
  if (row.key === "empty") return drawEmpty(row.direct);
  if (row.key === "chooser") return drawChooser(row.people, become);
  if (row.key === "nobody") return drawNobody();
  return drawMessage(row, seen, press);
}

function drawMessage({ message, follows }, seen, press) {
  const person = seen.people.find((one) => one.id === message.author);
  const classes = ["message", follows && "follows", message.only_me && "only-me", message.pinned && "pinned-here",
    message.id > newest && "fresh"];
  return make("article", { className: classes.filter(Boolean).join(" ") },
    person ? face(person, seen.people) : botFace(),
    make("div", { className: "by" },
      make("b", {}, message.name),
      person?.council ? make("span", {}, person.council) : null,
      make("time", { dateTime: message.at }, message.time)),
    make("div", { className: "what" }, drawWords(message, press), drawMarks(message)));
}

// A person's words are text. A card is HTML that the bot's own drawing made, every typed letter escaped.
function drawWords(message, press) {
  if (message.author !== null) return make("p", { className: "typed" }, message.plain);
  const bubble = make("div", { className: "bubble" });
  bubble.innerHTML = message.html;
  for (const button of bubble.querySelectorAll("button[data-button]")) {
    const asked = message.buttons[Number(button.dataset.button)];
    if (asked) button.addEventListener("click", () => press(message, asked, button));
  }
  return bubble;
}

function drawMarks(message) {
  const marks = [
    message.only_me && make("span", { className: "whisper" }, icon("eye"), "Only you can see this"),
    message.pinned && make("span", {}, icon("pin"), "Pinned"),
    message.edited && make("span", {}, "Edited"),
  ].filter(Boolean);
  return marks.length ? make("p", { className: "marks" }, ...marks) : null;
}
