// Owns starting the demo for a spec: the site and its stand-in for Trieve, on ports of their own.
import { fileURLToPath } from "node:url";
import { test as base } from "../fixtures.ts";
import { DIST } from "../site.ts";

export interface Received {
  readonly status: number;
  readonly check?: boolean;
  readonly body: unknown;
}

export interface Demo {
  readonly url: string;
  readonly api: {
    readonly url: string;
    requests(): readonly Received[];
    setMood(mood: "fine" | "slow" | "503" | "429" | "unreachable"): void;
    close(): Promise<void>;
  };
}

/** The demo is JavaScript of its own: only what is used here has a type. */
export function load<Module>(path: string): Promise<Module> {
  return import(new URL(`../../demo/${path}`, import.meta.url).href);
}

export const test = base.extend<{ demo: Demo }>({
  demo: async ({ browserHere: _ }, use) => {
    const { startApi } = await load<{ startApi(options: object): Promise<Demo["api"]> }>("api.mjs");
    const { startSite } = await load<{
      startSite(options: object): Promise<{ readonly url: string; close(): Promise<void> }>;
    }>("site.mjs");
    const api = await startApi({ wordMs: 0 });
    const site = await startSite({ api: { url: api.url, standIn: true }, dist: fileURLToPath(DIST) });
    await use({ url: site.url, api });
    await site.close();
    await api.close();
  },
});
