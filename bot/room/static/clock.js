// The house's clock, and the buttons that move it.

import { ask } from "./ask.js";
import { trouble } from "./composer.js";
import { byId, make, say } from "./pieces.js";

let moving = false;

export function drawClock(clock) {
  if (!clock || moving) return;
  byId("clock-words").textContent = clock.words;
  const next = byId("clock-next");
  const words = clock.next ? ["Next", make("span", { className: "wide" }, " moment"), `: ${nearer(clock)}`] : ["Nothing is due"];
  next.replaceChildren(make("span", {}, ...words));
  next.disabled = !clock.next;
}

export function wireClock() {
  for (const button of document.querySelectorAll(".clock [data-to]")) {
    button.addEventListener("click", () => move(button));
  }
}

// The next moment without what it shares with now: the day, or at least the year.
function nearer(clock) {
  if (clock.now.slice(0, 10) === clock.next.slice(0, 10)) return clock.next_words.split(", ")[1];
  return clock.next_words.replace(/^(\w{3})\w* (\d+) (\w{3})\w* \d{4}/, "$1 $2 $3");
}

async function move(button) {
  if (moving) return;
  moving = true;
  byId("clock-words").textContent = "The clock is moving…";
  let clock = null;
  try {
    clock = await ask("clock", { to: button.dataset.to });
    say(`It is ${clock.words}.`);
    trouble(null);
  } catch (error) {
    trouble(error.message);
  } finally {
    moving = false;
  }
  drawClock(clock);
}
