// Owns that the body of a response, and not its headers, decides whether a success is an acknowledgement.
import type { Behaviour } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  firstPositions,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  sideBySide,
} from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";
import { BY, giveSender, SENDERS, senderReady } from "./three.ts";

const HTML = { "content-type": "text/html; charset=utf-8" };

/** As Flask, Django, Express and PHP send without being asked. */
const ACKNOWLEDGED: readonly Behaviour[] = [
  { status: 204, headers: HTML },
  { status: 200, headers: HTML },
  { status: 200, headers: HTML, body: "ok" },
  { status: 200, headers: { "content-type": "application/json" }, body: '{"rows":1}' },
];

const PAGE = "<!doctype html><title>Sign in</title>";
const PAGES: readonly Behaviour[] = [
  { status: 200, headers: HTML, body: PAGE },
  { status: 200, headers: { "content-type": "application/json" }, body: PAGE },
  { status: 200, headers: { "content-type": "text/plain" }, body: `\n  ${PAGE}` },
  { status: 200, body: "<?xml version='1.0'?><html/>" },
];

for (const sender of SENDERS) {
  test(`204 and 200 with the content type of a page, without a page: acknowledged, one copy ${BY[sender]}`, {
    tag: sender === "service-worker" ? "@full" : [],
  }, async ({ tabs, site }) => {
    const snippet = giveSender(site, sender);
    await sideBySide(tabs, ACKNOWLEDGED, async ({ tab, collector, snippet: own }, response) => {
      collector.behave(response);
      await tab.goto(site.search({ snippet: { ...own, ...snippet } }));
      await senderReady(tab, sender);
      const [id] = await makeClicks(tab, [1]);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
      await collector.expectPuts([attempt(id, 1)]);
    });
  });

  test(`200 with a page, whatever its content type: the click waits, and is sent when that is mended ${BY[sender]}`, {
    tag: sender === "service-worker" ? "@full" : [],
  }, async ({ tabs, site }) => {
    const snippet = giveSender(site, sender);
    await sideBySide(tabs, PAGES, async ({ tab, collector, snippet: own }, response) => {
      collector.behave(response);
      await tab.goto(site.search({ snippet: { ...own, ...snippet }, head: LONG_WAITS }));
      await senderReady(tab, sender);
      await makeClicksInVain(tab, [1]);
      await expectStats(tab, { made: 1, delivered: 0, waiting: 1, dropped: {} });
      await tab.goto(site.landing(null));
      await allAnswered(collector);
      const before = collector.puts.length;
      collector.behave({});
      await visitLater(tab, site, scopeOf(collector.endpoint), site.landing({ ...own, ...snippet }));
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
      expect(collector.puts.length).toBe(before + 1);
    });
  });

  test(`260 clicks at once, answered with a body: each once ${BY[sender]}`, {
    tag: sender === "service-worker" ? "@full" : [],
  }, async ({ tab, site, collector }) => {
    // More than a connection holds back for a reader: unread, it would keep its request's part of the budget for keepalive.
    const body = JSON.stringify({ rows: "x".repeat(20_000) });
    collector.behave({ status: 200, headers: { "content-type": "application/json" }, body });
    await tab.goto(site.search({ snippet: giveSender(site, sender) }));
    await senderReady(tab, sender);
    const positions = firstPositions(260);
    await makeClicks(tab, positions);
    await collector.expectPuts(
      positions.map((position) => ({ position })),
      { timeoutMs: 60_000 },
    );
    await expectStats(tab, { made: 260, delivered: 260, waiting: 0 }, { timeout: 60_000 });
  });
}
