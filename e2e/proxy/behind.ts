// Owns what a spec behind a first-party proxy is given: one before the test's site and collector, and requests as clicktrail makes
// them, out of a real page.
import { randomUUID } from "node:crypto";
import { test as base } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import type { Tab } from "../tabs.ts";
import { FRONT_NAMES, FRONTS, type Front } from "./fronts.ts";

export interface Behind extends Front {
  /** The same page of the site, at the proxy's address. */
  at(address: string): string;
}

export const test = base.extend<{ frontName: (typeof FRONT_NAMES)[number]; front: Behind }>({
  frontName: ["node", { option: true }],
  front: async ({ site, collector, frontName }, use) => {
    const front = await FRONTS[frontName]({ site: site.origin, api: collector.origin });
    test.skip(!front, "NOT TESTED: NGINX. Run: apt-get install --no-install-recommends nginx-light");
    if (!front) return;
    await use({ ...front, at: (address) => address.replace(site.origin, front.origin) });
    await front.stop();
  },
});

/** Runs the specs behind each of them; `npm test` takes nginx for all. */
export function forEachFront(specs: (frontName: (typeof FRONT_NAMES)[number]) => void): void {
  for (const frontName of FRONT_NAMES) {
    test.describe(`behind ${frontName}`, { tag: frontName === "nginx" ? [] : "@full" }, () => {
      test.use({ frontName });
      specs(frontName);
    });
  }
}

export interface Answer {
  readonly status: number;
  readonly replayed: string | null;
  readonly retryAfter: string | null;
  /** Names of all its headers, as far as the page may see them. */
  readonly names: readonly string[];
  readonly text: string;
}

export interface Copy {
  /** The click's id, of `clickId()`. */
  readonly id: string;
  readonly position?: number;
  readonly attempt?: number;
  /** Default POST. */
  readonly method?: "POST" | "PUT";
  readonly path?: string;
  /** The page gives up after this, in ms. */
  readonly giveUpMs?: number;
}

/** Of a click that is made now: a UUIDv7. */
export function clickId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

function timeOf(id: string): string {
  return new Date(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toISOString();
}

/** One attempt at a click, from the page's own script. Rejects as `fetch` does. */
export function send(tab: Tab, copy: Copy): Promise<Answer> {
  const { id, position = 1, attempt = 1, method = "POST", path = "/ctr", giveUpMs } = copy;
  const own = { id, clicked_at: timeOf(id), attempt, version: "by hand", action: "click", first_position: 1 };
  const click = { request_id: REQUEST_ID, ctr_type: "search", position, clicked_chunk_id: chunkId(position) };
  const body = JSON.stringify({ ...click, metadata: { clicktrail: own } });
  return tab.evaluate(request, { id: method === "POST" ? id : undefined, body, method, path, giveUpMs });
}

/** The question whether ids are remembered. */
export function ask(tab: Tab, id: string): Promise<Answer> {
  return tab.evaluate(request, { id, body: undefined, method: "POST", path: "/ctr", giveUpMs: undefined });
}

interface Asked {
  readonly id: string | undefined;
  readonly body: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly giveUpMs: number | undefined;
}

/** Runs in the page. */
async function request({ id, body, method, path, giveUpMs }: Asked): Promise<Answer> {
  const type: Record<string, string> = body ? { "Content-Type": "application/json" } : {};
  const response = await fetch(path, {
    method,
    keepalive: true,
    credentials: "omit",
    headers: id ? { ...type, "Idempotency-Key": id } : type,
    body: body ?? null,
    signal: giveUpMs ? AbortSignal.timeout(giveUpMs) : null,
  });
  return {
    status: response.status,
    replayed: response.headers.get("Idempotent-Replayed"),
    retryAfter: response.headers.get("Retry-After"),
    names: [...response.headers.keys()],
    text: await response.text(),
  };
}
