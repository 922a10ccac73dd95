// The floor: the least code that has a queue, an idb-keyval store with a plain retry of what is left at the next start.
import { createStore, del, entries, set } from "idb-keyval";
import { onResultClick, payloadOf, put } from "./common.js";

const store = createStore("floor", "clicks");

async function send(id, payload) {
  const answer = await put(payload);
  if (answer.ok) await del(id, store);
}

async function retry() {
  const left = await entries(store);
  const sendOne = async () => {
    for (let entry = left.pop(); entry; entry = left.pop()) await send(...entry).catch(() => {});
  };
  await Promise.all([1, 2, 3, 4, 5, 6].map(sendOne));
}

onResultClick((click) => {
  const payload = payloadOf(click);
  const { id } = payload.metadata.clicktrail;
  set(id, payload, store);
  send(id, payload).catch(() => {});
});
addEventListener("online", retry);
retry();

window.floor = { retry, queue: (click) => set(crypto.randomUUID(), payloadOf(click), store) };
