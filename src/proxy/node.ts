// Owns the way from Node's requests, Express' too, to a handler and back.
import type { Handler } from "./proxy";

type Incoming = AsyncIterable<Uint8Array> & { method?: unknown; headers: object; complete: boolean };
type Outgoing = { statusCode: number; setHeader(name: string, value: string): void; end(text: string): void };

/** `createServer(toNode(handler))`; in Express, before `express.json()`, `app.all("/ctr", toNode(handler))`. */
export function toNode(handler: Handler) {
  return async (from: Incoming, to: Outgoing): Promise<void> => {
    // HTTP/2 has headers with a colon.
    const given = Object.entries(from.headers).filter(([name]) => !name.startsWith(":"));
    const more = /^P(OS|U)T$/.test(`${from.method}`) && { method: from.method, body: from, duplex: "half" };
    const response = await handler(new Request("http://node", { headers: given, ...more } as object), from);
    // The rest of a body that is not read ends with its connection.
    if (!from.complete) response.headers.set("Connection", "close");
    to.statusCode = response.status;
    response.headers.forEach((value, name) => void to.setHeader(name, value));
    to.end(await response.text());
  };
}
