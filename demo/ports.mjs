// Owns the search for a port that is free on every local address. Knows nothing of what listens there.
import { createServer } from "node:net";

const LOOPBACKS = ["127.0.0.1", "::1"];
const TRIES = 50;

/** @returns {Promise<boolean>} */
function isFree(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    // A machine without IPv6 refuses the address, not the port.
    probe.once("error", (error) => resolve("code" in error && error.code !== "EADDRINUSE"));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * The first free port from `wanted` on. 0 stays 0: the system picks one.
 * @param {number} wanted
 * @returns {Promise<number>}
 */
export async function freePort(wanted) {
  if (wanted === 0) return 0;
  for (let port = wanted; port < wanted + TRIES; port += 1) {
    const free = await Promise.all(LOOPBACKS.map((host) => isFree(port, host)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`No free port between ${wanted} and ${wanted + TRIES - 1}: free one, or set another.`);
}
