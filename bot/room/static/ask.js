// Asking the room over HTTP. A refusal is an Error whose message is a sentence for a person.

export async function ask(path, body) {
  return answered(fetch(`/room/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body ?? {}),
  }));
}

export async function look(path) {
  return answered(fetch(`/room/${path}`));
}

async function answered(asking) {
  let answer;
  try {
    answer = await asking;
  } catch {
    throw new Error("The room is not answering. Is it still running?");
  }
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error ?? "Something went wrong. Nothing was done.");
  return found;
}
