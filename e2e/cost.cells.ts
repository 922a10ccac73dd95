// Measures what a click costs its own task, by courier, beside a bare keepalive fetch in the same page, in each engine. Ratios of
// interleaved rounds: times alone say little on a busy machine. Not part of `npm test`: `npm run cells`.
import { NO_WORKER } from "./faults/couriers.ts";
import { expect, test } from "./fixtures.ts";
import { trackerReady } from "./tracker.ts";
import { offContract } from "./witness.ts";

const ROUNDS = 15;
const COURIERS = {
  page: { head: NO_WORKER, snippet: {} },
  "service-worker": { head: NO_WORKER, snippet: { courier: "/dist/clicktrail.courier.js" } },
  worker: { head: "", snippet: {} },
} as const;

/** Runs in the page: ms a click and ms a fetch, one round after the other. */
async function measure({ endpoint, rounds }: { endpoint: string; rounds: number }): Promise<number[][]> {
  const EACH = 20;
  const wait = () => new Promise((resolve) => setTimeout(resolve, 400));
  const timed = (work: (number: number) => unknown) => {
    const start = performance.now();
    for (let number = 0; number < EACH; number++) work(number);
    return (performance.now() - start) / EACH;
  };
  const click = () =>
    window.clicktrail.trackClick({
      requestId: crypto.randomUUID(),
      chunkId: "c0000000-0000-4000-8000-000000000001",
      position: 1,
    });
  const body = JSON.stringify({ position: 0, metadata: { text: "x".repeat(450) } });
  const headers = { "Content-Type": "application/json", "TR-Dataset": "d", Authorization: "k" };
  const bare = () => fetch(endpoint, { method: "PUT", keepalive: true, headers, body }).catch(() => {});
  const found: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = timed(click);
    await wait();
    const theirs = timed(bare);
    await wait();
    found.push([ours, theirs]);
  }
  return found;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

for (const [courier, { head, snippet }] of Object.entries(COURIERS))
  test(`a click's task, ${courier}`, {
    annotation: offContract(["headers", "body", "id", "clicked_at", "attempt"], "the bare fetch is no click"),
  }, async ({ tabs, tab, site, collector }) => {
    test.skip(courier === "worker" && tabs.engine !== "chromium", "only Chromium has that worker");
    await tab.goto(site.search({ head, snippet }));
    await trackerReady(tab);
    const now = () => tab.evaluate(() => window.clicktrail.courier());
    await expect.poll(now, { intervals: [20] }).toBe(courier);
    const found = await tab.evaluate(measure, { endpoint: collector.endpoint, rounds: ROUNDS });
    const rounds = found.slice(2);
    const [ours, theirs] = [0, 1].map((which) => median(rounds.map((round) => round[which] ?? 0)));
    const ratio = median(rounds.map(([a = 0, b = 0]) => a / b));
    console.log(
      `${tabs.engine} | ${courier} | click ${ours?.toFixed(3)} ms | bare fetch ${theirs?.toFixed(3)} ms | ratio ${ratio.toFixed(2)}`,
    );
  });
