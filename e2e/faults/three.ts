// Owns the three couriers for specs that run with each: the shared worker, the service worker, the page. It knows how to get each,
// not what becomes of a click.
import { existsSync } from "node:fs";
import { expect } from "playwright/test";
import type { Snippet } from "../pages.ts";
import { DIST, type Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { type Courier, courierReady, giveCourier, WITH } from "./couriers.ts";

export type Sender = Courier | "service-worker";

export const SENDERS: readonly Sender[] = ["worker", "service-worker", "page"];

/** For tests' names; "with the worker" is Chromium's alone. */
export const BY: Readonly<Record<Sender, string>> = {
  ...WITH,
  "service-worker": "by a service worker @service",
};

/** Builds before the courier had a file of its own are run too, to see what is mended. */
const HAS_FILE = existsSync(new URL("clicktrail.courier.js", DIST));

/** The built file that is a service worker. */
export const SERVICE_FILE = HAS_FILE ? "/dist/clicktrail.courier.js" : "/dist/clicktrail.js";

/** What a script tag says to have that file, or another one, as its service worker. */
export function serviceOption(file: string = SERVICE_FILE): Snippet {
  return HAS_FILE ? { courier: file } : { serviceWorker: file };
}

/** Every page of the site gets that courier; answers what its script tag has to say. */
export function giveSender(site: Site, sender: Sender): Snippet {
  giveCourier(site, sender === "worker" ? "worker" : "page");
  return sender === "service-worker" ? serviceOption() : {};
}

/** Waits until the page's database is open and a click would go to that courier. */
export async function senderReady(tab: Tab, sender: Sender): Promise<void> {
  if (sender !== "service-worker") return courierReady(tab, sender);
  await trackerReady(tab);
  const who = () => tab.evaluate(() => window.clicktrail.courier());
  await expect.poll(who, { message: "the courier a click would get", intervals: [20] }).toBe(sender);
}
