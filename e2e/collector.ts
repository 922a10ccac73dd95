// Owns the receiving end: a real HTTP server on an origin of its own that takes CTR requests, misbehaves as a test says,
// and records everything that reached it. It knows HTTP and sockets; what a test expects of the record is arrivals.ts's.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createArrivals, type Head, type Preflight, type Put } from "./arrivals.ts";
import { listen } from "./listen.ts";
import type { Json } from "./matches.ts";
import { headersOf, parsed } from "./messages.ts";
import { witness } from "./witness.ts";

/** Idle connections stay open: Node's own closing of them would be a fault that nobody asked for. */
const KEEP_ALIVE_MS = 120_000;

/** What the collector does with a request; a test sets it, and may change it at any time. */
export interface Behaviour {
  /** Status of the answer to a PUT. Default 204. */
  readonly status?: number;
  /** Sent as the body `{ "message": … }` of that answer. */
  readonly message?: string;
  /** Sent instead, as it is; its content type is up to `headers`. */
  readonly body?: string;
  /** More headers of that answer, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time between the last byte of a PUT and its answer, in ms. */
  readonly delayMs?: number;
  /** Time before a preflight is answered, in ms. */
  readonly preflightDelayMs?: number;
  /** `Access-Control-Max-Age` in seconds. Default 3600, as Trieve's; with 0 every PUT asks again. */
  readonly preflightMaxAge?: number;
  /** Status of the answer to a preflight. Default 204. */
  readonly preflightStatus?: number;
  /** `"preflight"`: only its answer has CORS headers, as when a proxy answers a PUT for the server. `"none"`: no answer has. */
  readonly cors?: "all" | "preflight" | "none";
  /** Every response says `Cross-Origin-Resource-Policy: same-origin`, as Helmet has it do. Default false. */
  readonly isOwn?: boolean;
  /**
   * Every answer, a preflight's too, ends its connection: Chromium then has no reused one whose reset it would answer by repeating
   * the PUT. Default false.
   */
  readonly freshConnections?: boolean;
  /**
   * What a PUT meets instead of an answer. `"reset-unread"`: a reset when its headers are there, nothing taken. `"reset-read"`: a
   * reset `delayMs` after its body is there, nothing taken. `"lose-answer"`: taken, then a reset after `delayMs`. `"hang"`: taken, and
   * answered only on `release()`. Chromium by itself repeats a PUT whose reused connection was reset before an answer:
   * `copies: "browser"` of `expectPuts` counts the two once.
   */
  readonly fault?: "reset-unread" | "reset-read" | "lose-answer" | "hang";
}

/** Where a status of 303 may lead: a page that answers 200. */
export const LOGIN = "/login";

export type Collector = Awaited<ReturnType<typeof startCollector>>;

export async function startCollector() {
  const puts: Put[] = [];
  const preflights: Preflight[] = [];
  const heads: Head[] = [];
  const sockets = new Map<Socket, { readonly number: number; requests: number }>();
  const waits = new Set<() => void>();
  let standing: Behaviour = {};
  let turns: Behaviour[] = [];
  let exception: { readonly isSuch: (body: Json) => boolean; readonly behaviour: Behaviour } | undefined;
  let connections = 0;
  /** How often waits were ended. */
  let releases = 0;

  const server = createServer((request, response) => {
    const known = sockets.get(request.socket);
    if (known) known.requests += 1;
    if (standing.isOwn) response.setHeader("cross-origin-resource-policy", "same-origin");
    if (request.method === "OPTIONS") return void answerPreflight(request, response);
    // POST is what an endpoint gets that takes each id once.
    if (request.method === "PUT" || request.method === "POST") return void takePut(request, response);
    if (request.method === "HEAD") return void answerHead(request, response);
    if (request.url === LOGIN) return showLogin(request, response);
    response.writeHead(405).end();
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  server.on("connection", (socket) => {
    connections += 1;
    sockets.set(socket, { number: connections, requests: 0 });
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });

  /** A preflight takes no turn: it meets what the next PUT will meet. */
  async function answerPreflight(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = { ...standing, ...turns[0] };
    preflights.push({ path: request.url ?? "", headers: headersOf(request), at: Date.now() });
    await wait(behaviour.preflightDelayMs ?? 0);
    if (behaviour.freshConnections) response.setHeader("connection", "close");
    if (behaviour.cors !== "none") {
      const asked = request.headers["access-control-request-headers"] ?? "";
      allowOrigin(request, response);
      response.setHeader("access-control-allow-methods", "PUT, POST");
      response.setHeader("access-control-allow-headers", asked);
      response.setHeader("access-control-max-age", String(behaviour.preflightMaxAge ?? 3_600));
    }
    response.writeHead(behaviour.preflightStatus ?? 204).end();
  }

  /**
   * A HEAD asks whether anybody is there. It takes no turn and is no click: it is answered as by the API, which takes PUT alone and
   * says so without CORS headers, unless what stands for every PUT is that there is no answer.
   */
  async function answerHead(request: IncomingMessage, response: ServerResponse): Promise<void> {
    heads.push({ path: request.url ?? "", headers: headersOf(request), at: Date.now() });
    const { fault, freshConnections } = standing;
    if (fault === "hang") await wait(Number.POSITIVE_INFINITY);
    if (fault && fault !== "hang") return void request.socket.resetAndDestroy();
    if (freshConnections) response.setHeader("connection", "close");
    response.writeHead(405, { allow: "PUT" }).end();
  }

  async function takePut(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let behaviour = { ...standing, ...turns.shift() };
    const since = releases;
    const put = recordPut(request);
    if (behaviour.fault === "reset-unread") return reset(request, put, "reset");
    put.body = await readBody(request);
    if (put.body === undefined) {
      put.outcome = "aborted";
      return;
    }
    witness({ ...put, method: "PUT" });
    if (exception?.isSuch(put.body)) behaviour = { ...standing, ...exception.behaviour };
    if (behaviour.fault === "reset-read") {
      await wait(behaviour.delayMs ?? 0, since);
      return reset(request, put, "reset");
    }
    put.status = behaviour.status ?? 204;
    response.once("close", () => {
      if (put.outcome === "pending") put.outcome = "left";
    });
    await wait(behaviour.fault === "hang" ? Number.POSITIVE_INFINITY : (behaviour.delayMs ?? 0), since);
    if (put.outcome !== "pending") return;
    if (behaviour.fault === "lose-answer") return reset(request, put, "lost");
    put.outcome = "answered";
    if ((behaviour.cors ?? "all") === "all") allowOrigin(request, response);
    if (behaviour.freshConnections) response.setHeader("connection", "close");
    answer(response, put.status, behaviour);
  }

  function recordPut(request: IncomingMessage): Put {
    const connection = sockets.get(request.socket);
    const put: Put = {
      path: request.url ?? "",
      headers: headersOf(request),
      body: undefined,
      at: Date.now(),
      connection: connection?.number ?? 0,
      isFirstOnConnection: connection?.requests === 1,
      outcome: "pending",
      status: undefined,
    };
    puts.push(put);
    return put;
  }

  /** Waits that long, or until `release()`; not at all where that was called while the body was still on its way. */
  function wait(ms: number, since = releases): Promise<void> {
    if (ms <= 0 || since !== releases) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(go, ms) : undefined;
      function go(): void {
        clearTimeout(timer);
        waits.delete(go);
        resolve();
      }
      waits.add(go);
    });
  }

  const port = await listen(server, "127.0.0.1");
  const origin = `http://127.0.0.1:${port}`;

  /** From now on, for every PUT that has no turn of its own. Replaces what was said before; `{}` is all well. */
  function behave(behaviour: Behaviour): void {
    standing = behaviour;
  }

  /** The next PUTs, one behaviour each; those after them meet what `behave` said. */
  function behaveInTurn(...behaviours: readonly Behaviour[]): void {
    turns = [...behaviours];
  }

  /** PUTs with such a body meet this instead, as when a firewall dislikes one click's words. */
  function behaveFor(isSuch: (body: Json) => boolean, behaviour: Behaviour): void {
    exception = { isSuch, behaviour };
  }

  /** Ends every delay and hang that is under way. */
  function release(): void {
    releases += 1;
    for (const go of [...waits]) go();
  }

  /** Unreachable from now on: open connections are reset, new ones refused. */
  async function goDown(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const put of puts) if (put.outcome === "pending") put.outcome = "lost";
    for (const socket of sockets.keys()) socket.resetAndDestroy();
    await closed;
  }

  /** Reachable again, at the same address. */
  async function comeUp(): Promise<void> {
    await listen(server, "127.0.0.1", port);
  }

  async function stop(): Promise<void> {
    release();
    if (server.listening) await goDown();
  }

  return {
    origin,
    /** For `endpoint` with `api: "ctr"`. */
    endpoint: `${origin}/api/analytics/ctr`,
    /** For `endpoint` with `api: "events"`. */
    eventsEndpoint: `${origin}/api/analytics/events`,
    puts: puts as readonly Put[],
    preflights: preflights as readonly Preflight[],
    /** Questions whether anybody is there: never among the PUTs. */
    heads: heads as readonly Head[],
    ...createArrivals(puts, preflights),
    behave,
    behaveInTurn,
    behaveFor,
    release,
    goDown,
    comeUp,
    stop,
  };
}

function showLogin(request: IncomingMessage, response: ServerResponse): void {
  allowOrigin(request, response);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.writeHead(200).end("<!doctype html><title>Sign in</title>");
}

function reset(request: IncomingMessage, put: Put, outcome: "reset" | "lost"): void {
  put.outcome = outcome;
  request.socket.resetAndDestroy();
}

function answer(response: ServerResponse, status: number, { headers, message, body }: Behaviour): void {
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  if (message === undefined) return void response.writeHead(status).end(body);
  const text = JSON.stringify({ message });
  response.setHeader("content-type", "application/json");
  // As Trieve's do: nginx passes a message on only if its length is given.
  response.setHeader("content-length", Buffer.byteLength(text));
  response.writeHead(status).end(text);
}

async function readBody(request: IncomingMessage): Promise<Json | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  if (!request.complete) return undefined;
  return parsed(Buffer.concat(chunks).toString("utf8"));
}

function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
  response.setHeader("access-control-expose-headers", "retry-after");
  response.setHeader("vary", "origin");
}
