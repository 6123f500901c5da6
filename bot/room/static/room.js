// The room's page: one person's view of it, live.

import { ask, look } from "./ask.js";
import { drawCast } from "./cast.js";
import { drawClock, wireClock } from "./clock.js";
import { drawComposer, forgetComposer, trouble, wireComposer } from "./composer.js";
import { drawForms, forgetForms, wireForms } from "./forms.js";
import { drawMenu, wireMenu } from "./menu.js";
import { drawMoves, wireMoves } from "./moves.js";
import { byId, say } from "./pieces.js";
import { drawPlaces, wireDrawer } from "./places.js";
import { nothingSeen, placeHere, takeIn } from "./seen.js";
import { awaitAnswer, drawTalk, forgetTalk, wireTalk } from "./talk.js";

let seen = nothingSeen();
let line = null;
let waiting = null;

// Be somebody else: the line to the room is cut and all that the page held is dropped first.
function become(id, place = null) {
  forget();
  seen.here = place;
  history.replaceState(null, "", `#${encodeURIComponent(id)}`);
  listen(id);
}

function forget() {
  line?.close();
  line = null;
  seen = nothingSeen();
  forgetForms();
  forgetComposer();
  forgetTalk();
  byId("place-list").replaceChildren();
  byId("talk-title").textContent = "";
  byId("talk-topic").textContent = "";
}

function listen(id) {
  clearTimeout(waiting);
  const mine = new EventSource(`/room/stream?as=${encodeURIComponent(id)}`);
  line = mine;
  mine.addEventListener("view", (event) => {
    if (line !== mine) return;
    const first = !seen.me;
    takeIn(seen, JSON.parse(event.data));
    draw();
    byId("offline").hidden = true;
    if (first) say(`You are ${seen.me.name}.`);
  });
  mine.addEventListener("gone", () => line === mine && begin());
  mine.addEventListener("error", () => {
    if (line !== mine) return;
    byId("offline").hidden = false;
    if (mine.readyState === EventSource.CLOSED) beginLater();
  });
}

function draw() {
  drawCast(seen.people, seen.me?.id, become);
  drawClock(seen.clock);
  drawMenu(seen.unkind);
  drawPlaces(seen, go);
  drawTalk(seen, press, become);
  drawMoves(seen);
  drawComposer(seen);
  drawForms(seen);
  markRead();
}

function go(address) {
  seen.here = address;
  draw();
  if (matchMedia("(min-width: 761px)").matches) byId("message").focus();
}

function markRead() {
  const place = placeHere(seen);
  if (place?.unread && document.visibilityState === "visible") {
    ask("read", { as: seen.me.id, place: place.address }).catch(() => {});
  }
}

async function press(message, button, element) {
  if (element.getAttribute("aria-disabled") === "true") return;
  element.setAttribute("aria-disabled", "true");
  trouble(null);
  awaitAnswer();
  try {
    await ask("press", { as: seen.me.id, message: message.id, button: button.id });
  } catch (error) {
    trouble(error.message);
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

// Begin as whom the address names; with nobody named or nobody here, welcome whoever looks.
async function begin() {
  const before = line;
  let found;
  try {
    found = await look("people");
  } catch {
    byId("offline").hidden = false;
    beginLater();
    return;
  }
  if (line !== before) return; // somebody was chosen meanwhile
  byId("offline").hidden = true;
  const wanted = decodeURIComponent(location.hash.slice(1));
  const person = found.people.find((one) => one.id === wanted);
  if (person) become(person.id);
  else welcome(found);
}

function welcome(found) {
  if (line) forget();
  Object.assign(seen, found);
  draw();
  beginLater();
}

function beginAgain() {
  history.replaceState(null, "", location.pathname);
  begin();
}

function beginLater() {
  clearTimeout(waiting);
  waiting = setTimeout(begin, 2000);
}

wireClock();
wireComposer(() => seen);
wireForms();
wireDrawer();
wireTalk();
wireMoves(() => seen);
wireMenu(() => seen, {
  person: (id) => become(id),
  room: (place) => { seen.here = place; },
  start: beginAgain,
});
document.addEventListener("visibilitychange", markRead);
window.addEventListener("hashchange", begin);
begin();
