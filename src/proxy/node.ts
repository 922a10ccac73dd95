// Owns the way from Node's requests, Express' too, to a handler and back. Whatever either of them does, nothing is thrown here.
import { attempt } from "../report";
import type { Handler } from "./proxy";

type Incoming = AsyncIterable<Uint8Array> & {
  method?: unknown;
  headers: object;
  complete: boolean;
  /** Set by Node as soon as anything has read of the body. */
  readableDidRead?: boolean;
  socket?: object | null;
};

type Outgoing = {
  statusCode: number;
  /** Something else has responded already. */
  readonly headersSent?: boolean;
  setHeader(name: string, value: string): void;
  end(text: string): void;
  on?(name: "error", listener: () => void): unknown;
};

const failed = (status: number, message: string) => Response.json({ message }, { status });

/** `createServer(toNode(handler))`; in Express, before `express.json()`, `app.all("/ctr", toNode(handler))`. */
export function toNode(handler: Handler) {
  return async (from: Incoming, to: Outgoing): Promise<void> => {
    const response = await respond(handler, from).catch(() => failed(503, "The handler failed"));
    const text = await response.text().catch(() => "");
    attempt(() => {
      if (to.headersSent) return;
      // A client that has gone is nobody's mistake, and without a listener it would end the process.
      to.on?.("error", () => undefined);
      to.statusCode = response.status;
      response.headers.forEach((value, name) => void to.setHeader(name, value));
      // The rest of a body that is not read ends with its connection.
      if (!from.complete) to.setHeader("Connection", "close");
      to.end(text);
    });
  };
}

async function respond(handler: Handler, from: Incoming): Promise<Response> {
  const hasBody = /^(POST|PUT)$/.test(`${from.method}`);
  if (hasBody && from.readableDidRead)
    return failed(500, "The body was already read: put this endpoint before express.json() and the like");
  const scheme = from.socket && "encrypted" in from.socket ? "https" : "http";
  // HTTP/2 has headers with a colon.
  const headers = Object.entries(from.headers).filter(([name]) => !name.startsWith(":"));
  const body = hasBody && { method: from.method, body: from, duplex: "half" };
  const request = attempt(() => new Request(`${scheme}://node`, { headers, ...body } as object));
  return request ? handler(request, from) : failed(400, "The request can't be read");
}
