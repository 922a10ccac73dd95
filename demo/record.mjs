// Owns what the stand-in remembers: payloads as they arrived, impressions by position, the mood. Knows no routes.
import { byChunkId } from "./documents.mjs";

const KEPT = 2_000;

/**
 * @typedef {object} Received
 * @property {number} n running number, from 1
 * @property {string} at when it arrived, ISO 8601
 * @property {string} route "ctr" or "events"
 * @property {number} status the response's status; 204 is accepted
 * @property {string | undefined} message what a refusal said
 * @property {Record<string, string | undefined>} headers the ones the contract names
 * @property {any} body the payload, as it arrived
 * @property {string | undefined} title name of the clicked chunk
 * @property {boolean} repeat its click id was accepted before
 * @property {boolean} check the inspector's endpoint check: a request's id alone, which is no click
 */

const NAMED = ["authorization", "content-type", "tr-dataset", "tr-organization", "origin", "cookie"];

function clickIdOf(body) {
  return body?.metadata?.clicktrail?.id;
}

function chunkIdOf(body) {
  return body?.clicked_chunk_id ?? body?.clicked_items?.chunk_id;
}

function isCheck(body) {
  return Boolean(body) && typeof body === "object" && Object.keys(body).every((key) => key === "request_id");
}

function messageOf(answer) {
  if (typeof answer !== "string" || !answer) return undefined;
  return JSON.parse(answer).message;
}

export function createRecord() {
  /** @type {Received[]} */
  let received = [];
  /** @type {import("./moods.mjs").Mood} */
  let mood = "fine";
  let count = 0;
  let cut = 0;
  /** @type {Record<string, Record<number, number>>} */
  let impressions = {};
  let acceptedIds = new Set();

  function add(request, reply, answer) {
    const status = reply.statusCode;
    const id = clickIdOf(request.body);
    count += 1;
    received.push({
      n: count,
      at: new Date(Date.now() - reply.elapsedTime).toISOString(),
      route: request.routeOptions.url.split("/").pop(),
      status,
      message: messageOf(answer),
      headers: Object.fromEntries(NAMED.map((name) => [name, request.headers[name]])),
      body: request.body,
      title: byChunkId.get(chunkIdOf(request.body))?.name,
      repeat: status === 204 && acceptedIds.has(id),
      check: isCheck(request.body),
    });
    if (status === 204 && id) acceptedIds.add(id);
    if (received.length > KEPT) received.shift();
  }

  /** Results `first`, `first + 1`, … of a request of this type were shown. */
  function countImpressions(type, first, shown) {
    impressions[type] ??= {};
    for (let position = first; position < first + shown; position += 1) {
      impressions[type][position] = (impressions[type][position] ?? 0) + 1;
    }
  }

  function clear() {
    received = [];
    impressions = {};
    acceptedIds = new Set();
    cut = 0;
  }

  return {
    add,
    countImpressions,
    clear,
    countCut: () => {
      cut += 1;
    },
    all: () => [...received],
    mood: () => mood,
    setMood: (next) => {
      mood = next;
    },
    /** What came after number `after`, and what is true now. */
    since: (after) => ({
      mood,
      cut,
      last: count,
      oldest: received[0]?.n ?? count + 1,
      impressions,
      received: received.filter(({ n }) => n > after),
    }),
  };
}
