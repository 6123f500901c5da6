// The room's own settings, and the dialogs for people, rooms and a new beginning.

import { ask } from "./ask.js";
import { byId } from "./pieces.js";

const STARTS = {
  nothing: "Everything in this room is forgotten: people, places, messages, and all that the bot knows.",
  preparation: "Everything in this room is forgotten, and a challenge stands half-way through its preparation.",
};

export function drawMenu(unkind) {
  for (const box of byId("unkind").querySelectorAll("input")) box.checked = Boolean(unkind[box.name]);
}

// `then` says what follows each dialog: {person(id), room(place), start(people)}.
export function wireMenu(current, then) {
  const asks = {
    person: async (form) => then.person((await ask("people", valuesOf(form))).id),
    room: async (form) => then.room((await ask("rooms", { as: current().me.id, ...valuesOf(form) })).place),
    start: async (form) => then.start((await ask("start", { how: form.dataset.how })).people),
  };
  for (const form of document.querySelectorAll("form[data-ask]")) wireDialog(form, asks[form.dataset.ask]);
  byId("add-person").addEventListener("click", () => open("person-dialog"));
  byId("add-room").addEventListener("click", () => open("room-dialog"));
  for (const button of document.querySelectorAll("[data-start]")) {
    button.addEventListener("click", () => openStart(button.dataset.start));
  }
  wireUnkind();
  wireClosing();
}

function wireUnkind() {
  byId("unkind").addEventListener("change", (event) => {
    const box = event.target;
    ask("unkind", { [box.name]: box.checked }).catch(() => { box.checked = !box.checked; });
  });
}

function wireClosing() {
  const menu = byId("menu");
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target) && !event.target.closest("dialog")) menu.open = false;
  });
}

function openStart(how) {
  const form = byId("start-dialog").querySelector("form");
  form.dataset.how = how;
  byId("start-words").textContent = STARTS[how];
  byId("menu").open = false;
  open("start-dialog");
}

function open(id) {
  const dialog = byId(id);
  dialog.querySelector("form").reset();
  dialog.querySelector(".trouble").hidden = true;
  dialog.showModal();
}

function wireDialog(form, act) {
  const dialog = form.closest("dialog");
  form.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    const words = button.textContent;
    button.disabled = true;
    button.textContent = button.dataset.busy ?? words;
    try {
      await act(form);
      dialog.close();
    } catch (error) {
      form.querySelector(".trouble").textContent = error.message;
      form.querySelector(".trouble").hidden = false;
    } finally {
      button.disabled = false;
      button.textContent = words;
    }
  });
}

function valuesOf(form) {
  return Object.fromEntries(new FormData(form));
}
