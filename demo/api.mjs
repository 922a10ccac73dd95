// Owns the stand-in for Trieve: an origin that searches, recommends, answers and takes clicks under the real rules.
// Must not know the page; it remembers what it received so that tests and the panel can ask.
import { pathToFileURL } from "node:url";
import cors from "@fastify/cors";
import Fastify from "fastify";
import { authorize, refusal } from "./auth.mjs";
import { ctrBody, eventsBody, KEYS } from "./contract.mjs";
import { applyMood, cutIfUnreachable, MOODS } from "./moods.mjs";
import { addObserver } from "./observe.mjs";
import { createRecord } from "./record.mjs";
import { addSearch } from "./retrieval.mjs";

const PREFLIGHT_SECONDS = 3_600;
const ANALYTICS = /^\/api\/analytics\//;

/** Fastify's own defaults would turn "3" into 3 and drop members it doesn't know: the real server does neither. */
const AJV = { customOptions: { coerceTypes: false, removeAdditional: false, discriminator: true } };

/**
 * @typedef {object} Api
 * @property {string} url origin, without a slash at the end
 * @property {() => import("./record.mjs").Received[]} received payloads accepted with 204, oldest first
 * @property {() => import("./record.mjs").Received[]} requests every analytics PUT that got through, refused ones too
 * @property {(mood: import("./moods.mjs").Mood) => void} setMood
 * @property {() => void} clear forget what was received
 * @property {() => Promise<void>} close
 */

function tellWhatIsWrong(error, _request, reply) {
  const place = error.validation?.[0]?.instancePath.slice(1).replaceAll("/", ".") || "body";
  const message = error.validation ? `${place}: ${error.validation[0].message}` : error.message;
  // Trieve responds 400 where Fastify says 415 or 422.
  const status = error.validation ? 400 : (error.statusCode ?? 500);
  return reply.code(status === 415 ? 400 : status).send({ message });
}

function addAnalytics(app, record) {
  for (const [url, body] of [
    ["/api/analytics/ctr", ctrBody],
    ["/api/analytics/events", eventsBody],
  ]) {
    app.put(url, { schema: { body }, onRequest: authorize }, async (_request, reply) =>
      reply.code(204).send(),
    );
  }
  // Before the body is checked: an overloaded server refuses what it has not read.
  app.addHook("preValidation", async (request, reply) => {
    if (isPut(request)) await applyMood(record.mood(), reply);
  });
  // Auth and schema errors never reach the handler; this hook sees every PUT that got a response.
  app.addHook("onSend", async (request, reply, answer) => {
    if (isPut(request)) record.add(request, reply, answer);
    return answer;
  });
}

function isPut(request) {
  return request.method === "PUT" && ANALYTICS.test(request.url);
}

/**
 * Starts the stand-in.
 * @param {{ port?: number, host?: string, wordMs?: number }} [options] port 0 (the default) takes any free port; `wordMs` is
 *   the time a chat answer takes for each word, in ms (default 18: as fast as one reads)
 * @returns {Promise<Api>}
 */
export async function startApi({ port = 0, host = "localhost", wordMs = 18 } = {}) {
  const app = Fastify({ forceCloseConnections: true, ajv: AJV });
  const record = createRecord();

  app.addHook("onRequest", async (request, reply) => {
    if (ANALYTICS.test(request.url) && cutIfUnreachable(record.mood(), request)) {
      record.countCut();
      reply.hijack();
    }
  });
  await app.register(cors, {
    origin: true,
    methods: ["GET", "POST", "PUT", "DELETE"],
    maxAge: PREFLIGHT_SECONDS,
    exposedHeaders: ["TR-QueryID", "Retry-After"],
  });
  app.addContentTypeParser("*", (_request, _body, done) => {
    done(refusal(400, "The body must be JSON, sent with Content-Type: application/json"), undefined);
  });
  app.removeContentTypeParser("text/plain");
  app.setErrorHandler(tellWhatIsWrong);
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ message: `There is no route ${request.method} ${request.url}` }),
  );
  addAnalytics(app, record);
  addSearch(app, record, wordMs);
  addObserver(app, record);

  await app.listen({ port, host });
  const { port: taken } = /** @type {import("node:net").AddressInfo} */ (app.server.address());
  return {
    url: `http://${host}:${taken}`,
    received: () => record.all().filter((one) => one.status === 204),
    requests: record.all,
    setMood: record.setMood,
    clear: record.clear,
    close: () => app.close(),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const api = await startApi({ port: Number(process.env.API_PORT ?? 8090) });
  console.log(`Stand-in for Trieve on ${api.url} (key ${KEYS.page}; moods: ${MOODS.join(", ")})`);
}
