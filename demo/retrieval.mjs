// Owns the stand-in's search, recommendation and chat routes, in the shapes of Trieve's responses. Knows no clicks.
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { answerFrom } from "./answer.mjs";
import { authorize } from "./auth.mjs";
import { countBody, messageBody, recommendBody, searchBody, topicBody } from "./contract.mjs";
import { byChunkId, byId, chunkOf, find, findNear } from "./documents.mjs";

const PAGE_SIZE = 10;
const CITATIONS = 3;

function scored({ feature, score }) {
  return { chunk: chunkOf(feature), score };
}

/** API v1 wraps each chunk in a list and has no id in the body. */
function versionOne(hits) {
  return { score_chunks: hits.map(({ feature, score }) => ({ metadata: [chunkOf(feature)], score })) };
}

function search(record, request, reply) {
  const { query, page, page_size } = request.body;
  const size = page_size ?? PAGE_SIZE;
  const first = ((page ?? 1) - 1) * size;
  const hits = find(query);
  const shown = hits.slice(first, first + size);
  const id = randomUUID();
  record.countImpressions("search", first + 1, shown.length);
  reply.header("TR-QueryID", id);
  if (request.headers["x-api-version"]?.toUpperCase() === "V1") return versionOne(shown);
  return { id, chunks: shown.map(scored), total_pages: Math.ceil(hits.length / size), corrected_query: null };
}

function count(request) {
  return { count: find(request.body.query).length };
}

function recommend(record, request, reply) {
  const { positive_chunk_ids, positive_tracking_ids, limit } = request.body;
  const seeds = [
    ...(positive_chunk_ids ?? []).map((id) => byChunkId.get(id)),
    ...(positive_tracking_ids ?? []).map((id) => byId.get(id)),
  ].filter(Boolean);
  const near = findNear(seeds, limit ?? PAGE_SIZE);
  const id = randomUUID();
  record.countImpressions("recommendation", 1, near.length);
  reply.header("TR-QueryID", id);
  return { id, chunks: near.map(scored) };
}

async function* wordByWord(chunks, answer, wordMs) {
  yield `${JSON.stringify(chunks)}||`;
  for (const word of answer.split(/(?<=\s)/)) {
    await sleep(wordMs);
    yield word;
  }
}

function answer(record, request, reply, wordMs) {
  const hits = find(request.body.new_message_content).slice(0, request.body.page_size ?? CITATIONS);
  const words = answerFrom(hits.map(({ feature }) => feature));
  record.countImpressions("rag", 1, hits.length);
  reply.header("TR-QueryID", randomUUID()).type("text/plain; charset=utf-8");
  return reply.send(Readable.from(wordByWord(hits.map(scored), words, wordMs)));
}

export function addSearch(app, record, wordMs) {
  const post = (url, body, handle) => app.post(url, { schema: { body }, onRequest: authorize }, handle);
  post("/api/chunk/search", searchBody, async (request, reply) => search(record, request, reply));
  post("/api/chunk/count", countBody, async (request) => count(request));
  post("/api/chunk/recommend", recommendBody, async (request, reply) => recommend(record, request, reply));
  post("/api/topic", topicBody, async (request) => ({ id: randomUUID(), ...request.body }));
  post("/api/message", messageBody, async (request, reply) => answer(record, request, reply, wordMs));
}
