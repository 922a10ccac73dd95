// Draining's measure: the same PUTs from memory, six at a time after a first one, with no queue behind them.
import { payloadOf, put } from "./common.js";

const request = "3b241101-e2bb-4255-8caf-4136c566a962";
const left = Array.from({ length: window.bench.drain }, () =>
  payloadOf({ requestId: request, chunkId: crypto.randomUUID(), position: 1 }),
);

async function lane() {
  for (let payload = left.pop(); payload; payload = left.pop()) await put(payload).catch(() => {});
}

put(left.pop()).then(() => Promise.all([1, 2, 3, 4, 5, 6].map(lane)));
