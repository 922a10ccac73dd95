// Owns clicks of people behind each first-party endpoint, in every engine: one request without a key, one click at the API.
import { expect } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { forEachFront, test } from "./behind.ts";

const snippet = { endpoint: "/ctr", apiKey: undefined };

forEachFront(() => {
  test("a click that leaves the page counts once", async ({ tab, site, collector, front }) => {
    const url = front.at(site.search({ snippet, headers: { "set-cookie": "session=secret; Path=/" } }));
    await tab.goto(url);
    await trackerReady(tab);
    await tab.click("#link-2");
    await tab.at("/detail");
    const [put] = await collector.expectPuts([
      { request_id: REQUEST_ID, ctr_type: "search", position: 2, clicked_chunk_id: chunkId(2) },
    ]);
    expect(put?.headers).toMatchObject({ authorization: API_KEY, "tr-dataset": DATASET });
    expect(put?.headers.cookie).toBeUndefined();
    await tab.goto(url);
    await expectStats(tab, { made: 1, waiting: 0, dropped: {} });
    expect(collector.puts).toHaveLength(1);
  });
});
