// The adapter, on a real server of Node's: bodies whole, cut off and too large.
import { createServer, type Server } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createRawServer,
  type Server as RawServer,
  type Socket,
} from "node:net";
import { createGzip } from "node:zlib";
import { createProxy, toNode } from "../../src/proxy/proxy.ts";
import { expect, test } from "../fixtures.ts";
import { offContract, witnessMessage } from "../witness.ts";

const ID = "a0000000-0000-4000-8000-000000000001";
const CLICK = `{"request_id":"${ID}"}`;

let api: Server;
let front: Server;
let taken: string[];
const hosts = new Map<Server, string>();

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  hosts.set(server, `127.0.0.1:${port}`);
}

test.beforeEach(async () => {
  taken = [];
  api = createServer(async (request, response) => {
    taken.push(await witnessMessage(request));
    response.writeHead(204).end();
  });
  await listen(api);
  const endpoint = `http://${hosts.get(api)}/api/analytics/ctr`;
  const limit = (_: Request, request: unknown) => {
    const { remoteAddress } = (request as { socket: { remoteAddress: string } }).socket;
    return remoteAddress === "127.0.0.1" ? 0 : 60;
  };
  front = createServer(toNode(createProxy({ dataset: ID, apiKey: "tr-key", endpoint, limit })));
  await listen(front);
});
test.afterEach(() => {
  for (const server of [api, front]) {
    server.closeAllConnections();
    server.close();
  }
});

const send = (init: RequestInit) => fetch(`http://${hosts.get(front)}/ctr`, init);

/** Writes to the server byte by byte, and resolves to all that came back when the connection has ended. */
function talk(text: string, isCutOff = false): Promise<string> {
  const [host = "", port] = (hosts.get(front) ?? "").split(":");
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(Number(port), host, () => socket.write(text, () => isCutOff && socket.destroy()));
    socket.on("data", (part) => {
      said += part.toString();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(said));
  });
}

const annotation = offContract(["body", "id", "clicked_at", "attempt"], "the adapter passes on any bytes");

test.describe("on Node's http", { annotation }, () => {
  test("a click goes on, and its copy doesn't", async () => {
    const init = {
      method: "POST",
      headers: { "Idempotency-Key": ID },
      body: `{"request_id":"${ID}","words":"Zürich"}`,
    };
    expect((await send(init)).status).toBe(204);
    expect((await send(init)).headers.get("Idempotent-Replayed")).toBe("true");
    expect(taken).toEqual([init.body]);
  });

  test("other methods are refused", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE"]) {
      if (method === "TRACE") {
        expect(await talk("TRACE /ctr HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).toContain("405");
        continue;
      }
      const response = await send({ method });
      expect([method, response.status]).toEqual([method, 405]);
      const text = method === "HEAD" ? "" : JSON.stringify({ message: "Only POST and PUT are taken" });
      expect(await response.text()).toBe(text);
    }
  });

  test("a body without a length is read as far as a click may go, and its connection ends", async () => {
    const head = "PUT /ctr HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const part = `1000\r\n${"x".repeat(0x1000)}\r\n`;
    expect(await talk(head + part.repeat(6))).toMatch(/^HTTP\/1.1 413 [\s\S]*connection: close/i);
    expect(taken).toEqual([]);
  });

  test("a body that says that it is too large is refused unread", async () => {
    const head = "PUT /ctr HTTP/1.1\r\nHost: a\r\nContent-Length: 20000\r\n\r\n";
    expect(await talk(head)).toContain("HTTP/1.1 413 ");
  });

  test("a body that was cut off does not go on", async () => {
    await talk(
      `POST /ctr HTTP/1.1\r\nHost: a\r\nIdempotency-Key: ${ID}\r\nContent-Length: 20\r\n\r\n{"a":`,
      true,
    );
    await send({ method: "POST", headers: { "Idempotency-Key": ID }, body: CLICK });
    expect(taken).toEqual([CLICK]);
  });

  test("a click whose client has gone goes on, once", async () => {
    await talk(
      `POST /ctr HTTP/1.1\r\nHost: a\r\nIdempotency-Key: ${ID}\r\nContent-Length: ${CLICK.length}\r\n\r\n${CLICK}`,
      true,
    );
    await expect.poll(() => taken).toEqual([CLICK]);
    await send({ method: "POST", headers: { "Idempotency-Key": ID }, body: CLICK });
    expect(taken).toEqual([CLICK]);
  });
});

test.describe("nothing ends the process", () => {
  const failures: unknown[] = [];
  const note = (error: unknown) => void failures.push(error);

  test.beforeEach(() => {
    failures.length = 0;
    process.on("unhandledRejection", note).on("uncaughtException", note);
  });
  test.afterEach(() => {
    process.off("unhandledRejection", note).off("uncaughtException", note);
    expect(failures).toEqual([]);
  });

  /** A server that writes these bytes to whoever asks, and then closes, resets or does nothing more. */
  async function startRaw(write: (socket: Socket) => void): Promise<string> {
    const server = createRawServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => write(socket));
      sockets.add(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    rawServers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }
  const rawServers: RawServer[] = [];
  const sockets = new Set<Socket>();
  test.afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of rawServers.splice(0)) server.close();
  });

  /** The handler before such an API. */
  async function startBefore(endpoint: string, more: object = {}): Promise<void> {
    front.close();
    const handler = createProxy({
      dataset: ID,
      apiKey: "tr-key-0123456789",
      endpoint,
      limit: () => 0,
      ...more,
    });
    front = createServer(toNode(handler));
    await listen(front);
  }

  const click = (number: number) =>
    send({
      method: "POST",
      headers: { "Idempotency-Key": `a0000000-0000-4000-8000-${String(number).padStart(12, "0")}` },
      body: CLICK,
    });

  test("a body parser in front is answered with words", async () => {
    front.close();
    const clicks = toNode(
      createProxy({ dataset: ID, apiKey: "tr-key", endpoint: `http://${hosts.get(api)}/` }),
    );
    front = createServer(async (request, response) => {
      for await (const _ of request);
      void clicks(request, response);
    });
    await listen(front);
    const response = await click(1);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("body was already read");
    expect(taken).toEqual([]);
  });

  test("a response that something else has sent already stays", async () => {
    front.close();
    const clicks = toNode(
      createProxy({ dataset: ID, apiKey: "tr-key", endpoint: `http://${hosts.get(api)}/` }),
    );
    front = createServer((request, response) => {
      response.writeHead(202).end();
      void clicks(request, response);
    });
    await listen(front);
    expect((await click(1)).status).toBe(202);
  });

  test("a limit with a line break is 503", async () => {
    await startBefore(`http://${hosts.get(api)}/`, { limit: () => "5\r\nSet-Cookie: a=b" });
    expect((await click(1)).status).toBe(503);
  });

  test("of each status from 0 to 999 the click's fate is known", { tag: "@full" }, async () => {
    test.setTimeout(120_000);
    let status = 0;
    const endpoint = await startRaw((socket) => {
      const line = `HTTP/1.1 ${String(status).padStart(3, "0")} x`;
      socket.end(`${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
    await startBefore(endpoint);
    const wrong: unknown[] = [];
    for (status = 0; status < 1_000; status++) {
      const response = await click(status);
      const is2xx = status >= 200 && status < 300;
      const isFailure = status >= 400 && status < 600;
      // A browser or Node's fetch refuses a 407 of a server that is no proxy.
      const expected = is2xx ? 204 : isFailure && status !== 407 ? status : 502;
      if (response.status !== expected) wrong.push([status, response.status]);
    }
    expect(wrong).toEqual([]);
  });

  test("bytes of every kind, resets and half responses: each is a status", {
    tag: "@full",
    annotation: offContract("request", "the API behind is at the root of its server"),
  }, async () => {
    test.setTimeout(120_000);
    const json = '{"message":"no tr-key-0123456789"}';
    const ok = "HTTP/1.1 200 OK\r\n";
    const kinds = [
      "",
      "\0".repeat(100),
      "no HTTP\r\n\r\n",
      "HTTP/1.1 204 \r\n\r\n",
      "HTTP/1.1 204",
      `${ok}Content-Length: 10\r\n\r\nab`,
      `${ok}Content-Length: x\r\n\r\n`,
      `${ok}Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nno gzip!`,
      `${ok}Content-Encoding: br, gzip, deflate, x\r\nContent-Length: 3\r\n\r\nabc`,
      `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`,
      `${ok}X-\u00ff: \u00ff\r\nContent-Length: 0\r\n\r\n`,
      `${ok}${"X-A: b\r\n".repeat(5_000)}\r\n`,
      `HTTP/1.1 400 Bad\r\nContent-Length: ${json.length}\r\nRetry-After: tr-key-0123456789\r\n\r\n${json}`,
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
      "HTTP/1.1 302 Found\r\nLocation: //\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 421 No\r\nContent-Length: 0\r\n\r\n",
    ];
    let kind = "";
    let isReset = false;
    const endpoint = await startRaw((socket) => {
      if (!kind) return socket.resetAndDestroy();
      socket.write(kind, "latin1", () => (isReset ? socket.resetAndDestroy() : socket.end()));
    });
    await startBefore(endpoint);
    let number = 0;
    for (kind of kinds) {
      for (isReset of [false, true]) {
        for (let copy = 0; copy < 10; copy++) {
          const response = await click(++number);
          expect([204, 400, 401, 421, 502]).toContain(response.status);
          const head = JSON.stringify([...response.headers]);
          expect(head + (await response.text())).not.toContain("0123456789");
        }
      }
    }
    await startBefore(`http://${hosts.get(api)}/`);
    expect((await click(1)).status).toBe(204);
  });

  test("an endless gzip is read as far as it is wanted", async () => {
    const bomb = createGzip();
    const zeros = Buffer.alloc(1_048_576, "0");
    const chunks: Buffer[] = [];
    bomb.on("data", (chunk: Buffer) => chunks.push(chunk));
    for (let written = 0; written < 200; written++) bomb.write(zeros);
    await new Promise<void>((resolve) => bomb.end(resolve));
    const head = "Content-Encoding: gzip\r\nConnection: close\r\n\r\n";
    for (const status of [200, 400]) {
      const endpoint = await startRaw((socket) => {
        socket.write(`HTTP/1.1 ${status} x\r\n${head}`);
        socket.end(Buffer.concat(chunks));
      });
      await startBefore(endpoint);
      const before = process.memoryUsage().rss;
      expect((await click(status)).status).toBe(status === 200 ? 204 : 400);
      expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    }
  });

  test("clients that send anything or go at any time", {
    annotation: offContract("request", "the API behind is at the root of its server"),
  }, async () => {
    test.setTimeout(120_000);
    await startBefore(`http://${hosts.get(api)}/`);
    const heads = [
      `POST /ctr HTTP/1.1\r\nHost: a\r\nIdempotency-Key: ${ID}\r\nContent-Length: 999\r\n\r\n{"a":`,
      `POST /ctr HTTP/1.1\r\nHost: a\r\nIdempotency-Key: \u00ff\u0001\r\nContent-Length: 2\r\n\r\n{}`,
      "PUT /ctr HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "PUT /ctr HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
      `PUT /ctr HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\n\r\n${"[".repeat(16_000)}`,
      "HEAD /ctr HTTP/1.1\r\nHost: a\r\n\r\n",
      "\0\0\0\0",
    ];
    for (let round = 0; round < 30; round++)
      await Promise.all(heads.map((head) => talk(head.slice(0, head.length - round), true)));
    expect((await click(1)).status).toBe(204);
  });
});
