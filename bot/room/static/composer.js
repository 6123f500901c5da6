// The message box. What is being typed is never touched, and stays with its place.

import { ask } from "./ask.js";
import { byId, make } from "./pieces.js";
import { placeHere } from "./seen.js";

let shownFor = null;
let sent = Promise.resolve();

export function drawComposer(seen) {
  const place = placeHere(seen);
  byId("composer").hidden = !place;
  if (!place) return;
  byId("message-label").textContent = `Message in ${place.title}`;
  byId("message").placeholder = place.direct ? "Message Critical Friend" : "Message everybody here";
  byId("tip").replaceChildren(...tip(place));
  const now = `${seen.me.id} ${seen.here}`;
  if (shownFor === now) return;
  shownFor = now;
  byId("message").value = seen.drafts.get(seen.here) ?? "";
  byId("trouble").hidden = true;
  fit();
}

export function forgetComposer() {
  shownFor = null;
  byId("message").value = "";
  byId("trouble").hidden = true;
}

export function wireComposer(current) {
  const box = byId("message");
  box.addEventListener("input", () => {
    current().drafts.set(current().here, box.value);
    fit();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  });
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send(current());
  });
}

export function trouble(sentence) {
  byId("trouble").textContent = sentence ?? "";
  byId("trouble").hidden = !sentence;
}

// What is typed while something is on its way follows it.
function send(seen) {
  const said = { as: seen.me.id, place: seen.here, text: byId("message").value };
  if (!said.text.trim()) return;
  trouble(null);
  clear(seen);
  sent = sent.then(() => ask("say", said)).catch((error) => {
    trouble(error.message);
    if (!byId("message").value) restore(seen, said.text);
  });
}

function clear(seen) {
  seen.drafts.delete(seen.here);
  byId("message").value = "";
  fit();
}

function restore(seen, text) {
  seen.drafts.set(seen.here, text);
  byId("message").value = text;
  fit();
}

function fit() {
  const box = byId("message");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function tip(place) {
  if (place.direct) return ["Only the bot reads this. Try ", code("help"), " or ", code("status"), ". Enter sends."];
  return ["Everybody in this room reads this. Begin with ", code("/challenge"), " to speak to the bot: try ",
    code("/challenge status"), "."];
}

function code(text) {
  return make("code", {}, text);
}
