// The places this person can see, and the drawer that holds them on a phone.

import { byId, botFace, icon, keepRows, make } from "./pieces.js";
import { unread } from "./seen.js";

export function drawPlaces(seen, go) {
  const rows = seen.places.map((place) => ({
    address: place.address, title: place.title, direct: place.direct,
    unread: place.address === seen.here ? 0 : place.unread, here: place.address === seen.here,
  }));
  keepRows(byId("place-list"), rows, (row) => row.address, (row) => drawPlace(row, go));
  byId("add-room").hidden = !seen.me;
  drawBadges(unread(seen));
}

function drawPlace(row, go) {
  const name = make("span", { className: "name" }, row.title);
  if (row.direct) name.append(make("small", {}, "Direct messages"));
  const button = make("button", { type: "button" }, row.direct ? botFace() : icon("room"), name);
  if (row.here) button.setAttribute("aria-current", "page");
  if (row.unread) {
    button.classList.add("unread");
    button.append(make("span", { className: "badge" }, String(row.unread), make("span", { className: "sr" }, " unread")));
  }
  button.addEventListener("click", () => {
    closeDrawer();
    go(row.address);
  });
  return make("li", {}, button);
}

function drawBadges(number) {
  document.title = `${number ? `(${number}) ` : ""}Critical Friend: the room`;
  byId("drawer-badge").hidden = !number;
  byId("drawer-badge").textContent = String(number || "");
  byId("drawer-words").textContent = number ? `Places, ${number} unread` : "Places";
}

export function openDrawer() {
  byId("places").classList.add("open");
  byId("drawer-open").setAttribute("aria-expanded", "true");
  byId("talk").inert = true;
  (byId("place-list").querySelector("[aria-current]") ?? byId("drawer-close")).focus();
}

export function closeDrawer() {
  if (!byId("places").classList.contains("open")) return;
  byId("places").classList.remove("open");
  byId("drawer-open").setAttribute("aria-expanded", "false");
  byId("talk").inert = false;
  byId("drawer-open").focus();
}

export function wireDrawer() {
  byId("drawer-open").addEventListener("click", openDrawer);
  byId("drawer-close").addEventListener("click", closeDrawer);
  byId("places").addEventListener("click", (event) => event.target === byId("places") && closeDrawer());
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());
  matchMedia("(min-width: 761px)").addEventListener("change", closeDrawer);
}
