// What the person one is being may see: the only memory of the page. Another person, another memory.

export function nothingSeen() {
  return {
    me: null, people: [], places: [], messages: new Map(), forms: [], clock: null, unkind: {},
    here: null, drafts: new Map(),
  };
}

export function takeIn(seen, sent) {
  if (sent.whole) seen.messages.clear();
  const places = new Set(sent.places.map((place) => place.address));
  for (const message of sent.messages) seen.messages.set(message.id, message);
  for (const [id, message] of seen.messages) if (!places.has(message.place)) seen.messages.delete(id);
  for (const address of seen.drafts.keys()) if (!places.has(address)) seen.drafts.delete(address);
  const { me, people, forms, clock, unkind } = sent;
  Object.assign(seen, { me, people, forms, clock, unkind, places: sent.places });
  if (!places.has(seen.here)) seen.here = sent.places[0]?.address ?? null;
}

export function placeHere(seen) {
  return seen.places.find((place) => place.address === seen.here);
}

export function messagesHere(seen) {
  return [...seen.messages.values()].filter((message) => message.place === seen.here).sort((a, b) => a.id - b.id);
}

export function unread(seen) {
  return seen.places.reduce((sum, place) => sum + (place.address === seen.here ? 0 : place.unread), 0);
}
