// Forms that the bot opened: the newest one, as a dialog that keeps what was typed.

import { ask } from "./ask.js";
import { byId, say } from "./pieces.js";
import { awaitAnswer } from "./talk.js";

let shown = null;
let before = null;

export function drawForms(seen) {
  const form = seen.forms.at(-1);
  if (!form) {
    shut();
    return;
  }
  if (shown?.id === form.id) return;
  if (!shown) before = document.activeElement;
  shown = { id: form.id, as: seen.me.id };
  const body = byId("form-body");
  body.innerHTML = form.html; // drawn by the bot, every typed letter escaped
  byId("form-dialog").setAttribute("aria-labelledby", body.querySelector("h3")?.id ?? "");
  trouble(null);
  if (!byId("form-dialog").open) byId("form-dialog").showModal();
  focusFirst(body);
}

export function forgetForms() {
  before = null;
  shut();
}

export function wireForms() {
  const dialog = byId("form-dialog");
  byId("form-body").addEventListener("submit", (event) => {
    event.preventDefault();
    sendIn(event.target);
  });
  byId("form-close").addEventListener("click", close);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
}

async function sendIn(form) {
  const { id, as } = shown;
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  trouble(null);
  awaitAnswer();
  try {
    await ask("submit", { as, form: id, fields: valuesOf(form) });
    say("Sent in.");
  } catch (error) {
    trouble(error.message);
  } finally {
    button.disabled = false;
  }
}

async function close() {
  const { id, as } = shown ?? {};
  if (id === undefined) return;
  if (changed() && !confirm("Close this form? What you typed in it is lost.")) return;
  try {
    await ask("close", { as, form: id });
  } catch {
    // It was closed already: the page shows so with what comes next.
  }
  shut();
}

function shut() {
  if (!shown && !byId("form-dialog").open) return;
  shown = null;
  byId("form-dialog").close();
  byId("form-body").replaceChildren();
  const back = before?.isConnected ? before : byId("message");
  before = null;
  back.focus({ preventScroll: true });
}

// Several ticks of one name make a list; everything else is one text.
function valuesOf(form) {
  const values = {};
  for (const input of form.querySelectorAll("[name]")) {
    if (input.type === "checkbox") values[input.name] = [...(values[input.name] ?? []), ...(input.checked ? [input.value] : [])];
    else if (input.type === "radio") values[input.name] = input.checked ? input.value : values[input.name] ?? "";
    else values[input.name] = input.value;
  }
  return values;
}

function changed() {
  return [...byId("form-body").querySelectorAll("[name]")].some((input) => {
    if (input.type === "checkbox" || input.type === "radio") return input.checked !== input.defaultChecked;
    if (input.tagName === "SELECT") return [...input.options].some((one) => one.selected !== one.defaultSelected && one.value);
    return input.value !== input.defaultValue;
  });
}

function focusFirst(body) {
  const wrong = body.querySelector('[aria-invalid="true"]');
  const field = wrong?.matches("input, select, textarea") ? wrong : wrong?.querySelector("input");
  (field ?? body.querySelector("input, select, textarea, button"))?.focus({ preventScroll: true });
  body.scrollTop = 0;
  field?.closest(".cf-field")?.scrollIntoView({ block: "center" });
}

function trouble(sentence) {
  byId("form-trouble").textContent = sentence ?? "";
  byId("form-trouble").hidden = !sentence;
}
