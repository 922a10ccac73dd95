// Owns what a request says besides the click: not where it was made.
import { expect, test } from "../fixtures.ts";
import { COURIERS, courierReady, giveCourier, makeClicks, WITH } from "./couriers.ts";

for (const courier of COURIERS) {
  test(`a page with Referrer-Policy: unsafe-url: its address goes neither with the PUT nor with the preflight ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search({ headers: { "referrer-policy": "unsafe-url" } }));
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await collector.expectPuts([{ position: 1 }]);
    const told = [...collector.puts, ...collector.preflights].map(({ headers }) => headers.referer);
    expect(told).toEqual([undefined, undefined]);
  });
}
