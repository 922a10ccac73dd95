// Owns how our servers take a port: a free one, never the same one twice, unless one is asked for.
import { createServer, type Server } from "node:net";

/**
 * Below the ports that systems give to outgoing connections, and above those that browsers refuse. Each of Playwright's processes
 * takes from its own: nobody else may get the port of a server that is down for a moment.
 */
const [FIRST, LAST, SLICES] = [11_000, 32_000, 6];
const SIZE = (LAST - FIRST) / SLICES;
const slice = FIRST + SIZE * (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % SLICES);
const TRIES = 50;

/** A browser that lives longer than a server remembers what it stored about that address. */
const used = new Set<number>();

export async function listen(server: Server, host: string, port?: number): Promise<number> {
  if (port) return bind(server, host, port);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const free = slice + Math.floor(Math.random() * SIZE);
    if (used.has(free)) continue;
    used.add(free);
    const got = await bind(server, host, free).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
    });
    if (got) return got;
  }
  throw new Error(`no port is free between ${slice} and ${slice + SIZE}`);
}

/** For a program that takes the number of its port: nobody listens there. */
export async function freePort(host: string): Promise<number> {
  const server = createServer();
  const port = await listen(server, host);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(port);
    });
  });
}
