// Owns the way from Node's requests, Express' too, to a handler and back.
import type { Handler } from "./proxy";

type NodeRequest = AsyncIterable<Uint8Array> & { method?: unknown; headers: object; complete: boolean };
type NodeResponse = { writeHead(status: number, headers: object): { end(text: string): unknown } };

/** `createServer(toNode(handler))`; in Express, before `express.json()`, `app.all("/ctr", toNode(handler))`. */
export function toNode(handler: Handler) {
  return async (from: NodeRequest, to: NodeResponse): Promise<void> => {
    // HTTP/2 has headers with a colon.
    const given = Object.entries(from.headers).filter(([name]) => !name.startsWith(":"));
    const more = /^P(OS|U)T$/.test(`${from.method}`) && { method: from.method, body: from, duplex: "half" };
    const init: object = { headers: given, ...more };
    const response = await handler(new Request("http://node", init), from);
    // The rest of a body that is not read ends with its connection.
    const close = from.complete ? {} : { connection: "close" };
    const headers = { ...Object.fromEntries(response.headers), ...close };
    to.writeHead(response.status, headers).end(await response.text());
  };
}
