// Owns the three couriers for specs that run with each: the shared worker, the service worker, the page. It knows how to get each,
// not what becomes of a click.
import { expect } from "playwright/test";
import type { Snippet } from "../pages.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { type Courier, courierReady, giveCourier, WITH } from "./couriers.ts";

export type Sender = Courier | "service-worker";

export const SENDERS: readonly Sender[] = ["worker", "service-worker", "page"];

/** For tests' names; "with the worker" is Chromium's alone. */
export const BY: Readonly<Record<Sender, string>> = { ...WITH, "service-worker": "by a service worker" };

/** The built file that is a service worker. */
export const SERVICE_FILE = "/dist/clicktrail.js";

/** Every page of the site gets that courier; answers what its script tag has to say. */
export function giveSender(site: Site, sender: Sender): Snippet {
  giveCourier(site, sender === "worker" ? "worker" : "page");
  return sender === "service-worker" ? { serviceWorker: SERVICE_FILE } : {};
}

/** Waits until the page's database is open and a click would go to that courier. */
export async function senderReady(tab: Tab, sender: Sender): Promise<void> {
  if (sender !== "service-worker") return courierReady(tab, sender);
  await trackerReady(tab);
  const who = () => tab.evaluate(() => window.clicktrail.courier());
  await expect.poll(who, { message: "the courier a click would get", intervals: [20] }).toBe(sender);
}
