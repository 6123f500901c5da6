// Who is in a room: somebody is brought in, leaves, or closes the room and opens it again.

import { ask } from "./ask.js";
import { byId, make } from "./pieces.js";
import { placeHere } from "./seen.js";

export function drawMoves(seen) {
  const place = placeHere(seen);
  byId("room-people").hidden = !place || place.direct;
}

export function wireMoves(current) {
  const dialog = byId("moves-dialog");
  const form = dialog.querySelector("form");
  byId("room-people").addEventListener("click", () => open(dialog, current()));
  form.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  for (const button of form.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move(dialog, current(), button.dataset.move));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    move(dialog, current(), "enter", byId("moves-who").value);
  });
}

function open(dialog, seen) {
  const place = placeHere(seen);
  const others = seen.people.filter((one) => !place.members.includes(one.name));
  byId("moves-who").replaceChildren(...others.map((one) => make("option", { value: one.id }, one.name)));
  byId("moves-in").hidden = place.archived || !others.length;
  dialog.querySelector('[type="submit"]').hidden = byId("moves-in").hidden;
  dialog.querySelector('[data-move="leave"]').hidden = place.archived;
  dialog.querySelector('[data-move="close"]').hidden = place.archived;
  dialog.querySelector('[data-move="open"]').hidden = !place.archived;
  byId("moves-words").textContent = place.members.join(", ");
  dialog.querySelector(".trouble").hidden = true;
  dialog.showModal();
}

async function move(dialog, seen, how, who = seen.me.id) {
  try {
    await ask(`rooms/${how}`, { as: who, place: placeHere(seen).address });
    dialog.close();
  } catch (error) {
    dialog.querySelector(".trouble").textContent = error.message;
    dialog.querySelector(".trouble").hidden = false;
  }
}
