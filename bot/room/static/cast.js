// Who one is being: one press, and the page forgets everything the person before could see.

import { byId, face, keepRows, make } from "./pieces.js";

export function drawCast(people, me, become) {
  const rows = people.map((person) => ({ ...person, now: person.id === me }));
  keepRows(byId("cast"), rows, (row) => row.id, (row) => {
    const first = row.name.split(" ")[0];
    const twice = people.filter((one) => one.name.split(" ")[0] === first).length > 1;
    const button = make("button", { type: "button", title: [row.name, row.council].filter(Boolean).join(", ") },
      face(row, people), make("span", {}, twice ? row.name : first));
    button.setAttribute("aria-pressed", String(row.now));
    button.addEventListener("click", () => become(row.id));
    return make("li", {}, button);
  });
  byId("mentions").replaceChildren(...people.map((one) => make("option", { value: `@${one.name}` })));
  byId("cast").querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest", inline: "center" });
}
