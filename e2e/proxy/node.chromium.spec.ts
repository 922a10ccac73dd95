// The adapter, on a real server of Node's: bodies whole, cut off and too large.
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { createProxy, toNode } from "../../src/proxy/proxy.ts";
import { expect, test } from "../fixtures.ts";
import { offContract, witnessMessage } from "../witness.ts";

const ID = "a0000000-0000-4000-8000-000000000001";

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
    const init = { method: "POST", headers: { "Idempotency-Key": ID }, body: '{"words":"Zürich"}' };
    expect((await send(init)).status).toBe(204);
    expect((await send(init)).headers.get("Idempotent-Replayed")).toBe("true");
    expect(taken).toEqual(['{"words":"Zürich"}']);
  });

  test("other methods are refused", async () => {
    for (const method of ["GET", "OPTIONS", "DELETE", "PATCH", "TRACE"]) {
      if (method === "TRACE") {
        expect(await talk("TRACE /ctr HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).toContain("405");
        continue;
      }
      const response = await send({ method });
      expect([method, response.status]).toEqual([method, 405]);
      expect(await response.json()).toEqual({ message: "Only POST and PUT are taken" });
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
    await send({ method: "POST", headers: { "Idempotency-Key": ID }, body: "{}" });
    expect(taken).toEqual(["{}"]);
  });

  test("a click whose client has gone goes on, once", async () => {
    await talk(
      `POST /ctr HTTP/1.1\r\nHost: a\r\nIdempotency-Key: ${ID}\r\nContent-Length: 2\r\n\r\n{}`,
      true,
    );
    await expect.poll(() => taken).toEqual(["{}"]);
    await send({ method: "POST", headers: { "Idempotency-Key": ID }, body: "{}" });
    expect(taken).toEqual(["{}"]);
  });
});
