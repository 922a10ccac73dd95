// Owns what the panel knows of the server: polled from the stand-in, or with a real Trieve pieced together from events.

import { impressions } from "./impressions.js";

const NOTHING = { mood: "fine", received: [], impressions: {}, reachable: true };

function createPolledFeed({ url }) {
  let state = NOTHING;
  let last = 0;
  /** What was last changed from here: a reply that was asked for before it would take it back. */
  let change = Promise.resolve();

  async function read() {
    const before = change;
    await before;
    try {
      const response = await fetch(`${url}/demo/received?after=${last}`);
      const { mood, received, impressions, oldest, last: newest } = await response.json();
      if (before !== change) return state;
      // A lower number than before: the server was started anew.
      const kept = newest < last ? [] : state.received.filter(({ n }) => n >= oldest);
      state = { mood, impressions, received: [...kept, ...received], reachable: true };
      last = newest;
    } catch {
      state = { ...state, reachable: false };
    }
    return state;
  }

  function set(changed, path, init) {
    state = { ...state, ...changed };
    change = fetch(url + path, init).then(
      () => undefined,
      () => undefined,
    );
    return change;
  }

  const setMood = (mood) =>
    set({ mood }, "/demo/mood", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ mood }),
    });

  const clear = () => set({ received: [], impressions: {} }, "/demo/received", { method: "DELETE" });

  return { read, setMood, clear, hear: () => undefined };
}

/** A real Trieve has no route for what it received: the clicks that this page saw delivered take its place. */
function createHeardFeed() {
  const payloads = new Map();
  let received = [];

  function hear({ name, id, payload }) {
    if (payload) payloads.set(id, payload);
    if (name !== "delivered") return;
    const body = payload ?? payloads.get(id);
    received.push({ n: received.length + 1, at: new Date().toISOString(), status: 204, body, repeat: false });
  }

  return {
    read: async () => ({ ...NOTHING, received: [...received], impressions: impressions() }),
    setMood: async () => undefined,
    clear: async () => {
      received = [];
    },
    hear,
  };
}

/** @param {{ url: string, standIn: boolean }} config */
export function createFeed(config) {
  return config.standIn ? createPolledFeed(config) : createHeardFeed();
}
