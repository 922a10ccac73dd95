// Owns what becomes of clicks where the courier's file can't be had, or is another version's: the page sends each once, keeps what
// fails for a page that has the file, and says once what to write.
import { expect, test } from "../fixtures.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { allAnswered, firstPositions, LONG_WAITS, makeClicks, NO_WORKER } from "./couriers.ts";
import { expectNothingThrown, expectSaid, hear } from "./hooks.ts";
import { scopeOf, storedRows, visitLater } from "./rows.ts";
import { senderReady, serviceOption } from "./three.ts";

const FILE = "clicktrail.courier.js";

/** Says that it reads rows of another format, wherever it runs. */
const OTHER_FORMAT = `{
  const hello = { ready: 999, version: "0.0.0" };
  self.onconnect = ({ ports: [port] }) => { port.onmessage = () => port.postMessage(hello); };
  self.addEventListener("message", ({ ports: [port] }) => port?.postMessage(hello));
  globalThis[Symbol.for("clicktrail courier")] = (_, hear) => () => setTimeout(() => hear(hello));
}`;

type Answer = Parameters<Site["replaceBuilt"]>[1];

/** Answers of the server where the file should be. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  "is missing": { status: 404, body: "no such file", type: "text/plain" },
  "is a page": { body: "<!doctype html><title>Not found</title>", type: "text/html" },
  "is empty": { body: "" },
  "throws at once": { body: "throw new Error('cut off')" },
  "is cut off": { body: "const a = {" },
  "is of another format": { body: OTHER_FORMAT },
};

const clicks = (count: number) => firstPositions(count).map((position) => ({ position }));

/** How often the console has said what to write. */
async function timesSaid(tab: Tab): Promise<number> {
  const said = await tab.evaluate(() => window.heard.said);
  return said.filter((line) => /^clicktrail: .*courier/.test(line)).length;
}

/** What has no worker by itself imports the file, and what has one tries that first. */
const KINDS = ["as the browser has it", "for a service worker"] as const;

/** Waits until the page has written down its 503, or its courier has: a page that goes before leaves the click in doubt. */
async function knowsRefusal(tab: Tab, scope: string): Promise<void> {
  const isKnown = async () =>
    (await storedRows(tab, scope)).some(
      ([, row]) => Object(row).answer?.status === 503 || !Object(row).begun,
    );
  await expect.poll(isKnown, { message: "the 503 is on the disk" }).toBe(true);
}

for (const [name, answer] of Object.entries(ANSWERS)) {
  for (const kind of KINDS) {
    test(`the courier's file ${name}, ${kind}: clicks are sent once by the page, a failed one later by a page that has the file, told once`, {
      tag: name === "is missing" ? [] : kind === KINDS[0] ? "@once" : "@full",
    }, async ({ tab, site, collector }) => {
      if (kind === "for a service worker") site.everyPage(NO_WORKER);
      const snippet = kind === "for a service worker" ? serviceOption() : {};
      hear(site);
      site.replaceBuilt(FILE, answer);
      await tab.goto(site.search({ snippet }));
      await trackerReady(tab);
      await makeClicks(tab, firstPositions(3));
      await collector.expectPuts(clicks(3));
      await expectSaid(tab, /clicktrail\.courier\.js/);
      expect(await tab.evaluate(() => window.clicktrail.courier())).toBe("page");
      collector.behave({ status: 503 });
      await makeClicks(tab, [4]);
      await knowsRefusal(tab, scopeOf(collector.endpoint));
      expect(await timesSaid(tab), "told once").toBe(1);
      await expectNothingThrown(tab);
      await tab.goto(site.landing(null));
      await allAnswered(collector);
      const before = collector.puts.length;
      collector.behave({});
      site.replaceBuilt(FILE, undefined);
      await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet }));
      await collector.expectPuts(clicks(4), { only: "taken" });
      expect(collector.puts.length).toBe(before + 1);
      await expectStats(tab, { made: 4, delivered: 4, waiting: 0, inDoubt: 0, dropped: {} });
    });
  }
}

const POLICIES = (origin: string): Readonly<Record<string, string>> => ({
  "worker-src 'none'": "worker-src 'none'",
  "worker-src 'none', and scripts by their address": `worker-src 'none'; script-src 'unsafe-inline' ${origin}/dist/clicktrail.js`,
  "scripts by their address": `script-src 'unsafe-inline' ${origin}/dist/clicktrail.js`,
});

for (const policy of Object.keys(POLICIES(""))) {
  test(`a policy of ${policy}: clicks are sent once, a failed one by the next page without it`, {
    tag: policy === "worker-src 'none'" ? [] : "@once",
  }, async ({ tab, site, collector }) => {
    hear(site);
    // The driver's own script needs eval in one engine.
    const value = `${POLICIES(site.origin)[policy]}`;
    const headers = {
      "content-security-policy": value.replace("'unsafe-inline'", "'unsafe-inline' 'unsafe-eval'"),
    };
    await tab.goto(site.search({ headers, head: LONG_WAITS }));
    await trackerReady(tab);
    await makeClicks(tab, firstPositions(3));
    await collector.expectPuts(clicks(3));
    collector.behave({ status: 503 });
    await makeClicks(tab, [4]);
    await knowsRefusal(tab, scopeOf(collector.endpoint));
    await expectNothingThrown(tab);
    await tab.goto(site.landing(null));
    await allAnswered(collector);
    collector.behave({});
    await visitLater(tab, site, scopeOf(collector.endpoint), site.search());
    await collector.expectPuts(clicks(4), { only: "taken" });
    await expectStats(tab, { made: 4, delivered: 4, waiting: 0, inDoubt: 0, dropped: {} });
  });
}

test("the courier's file is missing and a link is followed: once, and no later page sends it again", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  site.replaceBuilt(FILE, { status: 404 });
  collector.behave({ delayMs: 300 });
  await tab.goto(site.search());
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.stats().catch(() => undefined));
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectPuts(clicks(1));
  await allAnswered(collector);
  site.replaceBuilt(FILE, undefined);
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await expectStats(tab, { made: 1, waiting: 0 });
  await collector.expectPuts(clicks(1), { settleMs: 1_000 });
});

test("the courier's file comes 4 s late: clicks in the meantime are sent once, and counted", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  site.replaceBuilt(FILE, { delayMs: 4_000 });
  await tab.goto(site.search());
  await trackerReady(tab);
  await makeClicks(tab, firstPositions(3));
  await collector.expectPuts(clicks(3), { settleMs: 5_000 });
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts(clicks(3));
  await expectStats(tab, { made: 3, delivered: 3, waiting: 0, inDoubt: 0 });
});

test("a page that finds no file says so, and the next page with it has its courier", {
  tag: "@once",
}, async ({ tab, site }) => {
  hear(site);
  site.replaceBuilt(FILE, { status: 404 });
  await tab.goto(site.search());
  await trackerReady(tab);
  await makeClicks(tab, [1]);
  await expectSaid(tab, /clicktrail\.courier\.js/);
  site.replaceBuilt(FILE, undefined);
  site.everyPage(NO_WORKER);
  await tab.goto(site.search({ snippet: serviceOption() }));
  await senderReady(tab, "service-worker");
});
