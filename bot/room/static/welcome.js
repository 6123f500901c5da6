// What a newcomer reads before there is a conversation: who to be, or how to begin from nothing.

import { byId, face, make } from "./pieces.js";

// Somebody is here, and nobody is chosen.
export function drawChooser(people, become) {
  const list = make("ul", { className: "chooser" }, ...people.map((person) => chooserRow(person, people, become)));
  return panel("Who would you like to be?",
    make("p", {}, "Everybody here is made up, and you play every part. You see only what that person may see. "
      + "Change at the top whenever you like."),
    list,
    make("p", {}, "Then talk to the bot (", code("status"), " and ", code("help"), " are good beginnings), "
      + "read the rooms, and press ", make("b", {}, "Next moment"), " to let the next thing happen."));
}

export function drawNobody() {
  const add = make("button", { type: "button", className: "cf-main" }, "Add the first person");
  add.addEventListener("click", () => byId("add-person").click());
  return panel("Nobody is here yet",
    make("p", {}, "You will play every part of a challenge yourself. To begin:"),
    make("ol", {},
      make("li", {}, "Add a person, for example Jo Baker, who coordinates the programme."),
      make("li", {}, "As Jo, type ", code("claim rehearsal"), ". That makes her the first project coordinator."),
      make("li", {}, "Type ", code("new exampleshire lga_full"), " to open a challenge. Add others, and be them in turn.")),
    make("div", { className: "cf-buttons" }, add),
    make("p", {}, "To see a challenge that is under way already, open the room settings and choose ",
      make("b", {}, "Start half-way through preparation"), "."));
}

export function drawEmpty(direct) {
  if (!direct) return panel("Nothing here yet", make("p", {}, "Whatever is said appears as it is said."));
  return panel("Say something to Critical Friend",
    make("p", {}, "Type ", code("help"), " to see what you can do here. In a new rehearsal, the first coordinator types ",
      code("claim rehearsal"), "."));
}

function chooserRow(person, people, become) {
  const name = make("span", {}, make("b", {}, person.name), person.council ? make("small", {}, person.council) : null);
  const button = make("button", { type: "button" }, face(person, people), name);
  button.addEventListener("click", () => become(person.id));
  return make("li", {}, button);
}

function panel(title, ...inside) {
  return make("div", { className: "nothing" },
    make("img", { src: "/static/mark.svg", alt: "" }), make("h3", {}, title), ...inside);
}

function code(text) {
  return make("code", {}, text);
}
