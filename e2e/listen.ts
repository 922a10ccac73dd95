// Owns how our servers take a port: a free one, never the same one twice, unless one is asked for.
import type { Server } from "node:http";

/** A browser that lives longer than a server remembers what it stored about that address. */
const used = new Set<number>();

export async function listen(server: Server, host: string, port = 0): Promise<number> {
  const got = await bind(server, host, port);
  if (port || !used.has(got)) {
    used.add(got);
    return got;
  }
  await new Promise((resolve) => server.close(resolve));
  return listen(server, host);
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      if (address && typeof address === "object") resolve(address.port);
      else reject(new Error("the server has no port"));
    });
  });
}
