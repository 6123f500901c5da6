// Small pieces of the page.

export const byId = (id) => document.getElementById(id);

// An element with properties and children; text becomes text, never markup.
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.classList.add("icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

// A person's initials, in one colour for each council.
export function face(person, people) {
  const councils = [...new Set(people.map((one) => one.council))];
  const tone = councils.indexOf(person.council) % 8;
  return make("span", { className: `face tone-${tone}`, "aria-hidden": "true" }, initials(person.name));
}

export function botFace() {
  return make("span", { className: "face tone-bot", "aria-hidden": "true" },
    make("img", { src: "/static/mark.svg", alt: "" }));
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  return ends.map((word) => [...word][0].toUpperCase()).join("");
}

export function say(text) {
  byId("status").textContent = text;
}

// Put a list in place without touching the rows that stay as they are, so that focus stays too.
export function keepRows(list, rows, key, draw) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = rows.map((row) => {
    const drawn = JSON.stringify(row);
    const before = old.get(String(key(row)));
    if (before?.dataset.drawn === drawn) return before;
    const element = draw(row);
    element.dataset.key = key(row);
    element.dataset.drawn = drawn;
    if (before) handOverFocus(before, element);
    return element;
  });
  for (const child of [...list.children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((element, n) => {
    if (list.children[n] !== element) list.insertBefore(element, list.children[n] ?? null);
  });
}

// A redrawn row keeps the focus: on the button with the same words, else on its first.
function handOverFocus(before, after) {
  if (!before.contains(document.activeElement)) {
    before.replaceWith(after);
    return;
  }
  const words = document.activeElement.textContent;
  before.replaceWith(after);
  const buttons = [...after.querySelectorAll("button, a[href]")];
  (buttons.find((button) => button.textContent === words) ?? buttons[0])?.focus({ preventScroll: true });
}
