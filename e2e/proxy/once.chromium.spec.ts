// Owns the proof that each way to have a first-party endpoint passes a click on once, whatever a page and the API do: requests out
// of a real page, a real proxy, a real collector in Trieve's place.
import { expect } from "../fixtures.ts";
import { ask, clickId, forEachFront, send, test } from "./behind.ts";

const COPIES = 10;

forEachFront((frontName) => {
  test("repeats", async ({ tab, site, collector, front }) => {
    await tab.goto(front.at(site.landing(null)));
    const id = clickId();
    const answers = [];
    for (let attempt = 1; attempt <= COPIES; attempt++) answers.push(await send(tab, { id, attempt }));
    expect(answers.map(({ status, replayed }) => [status, replayed])).toEqual([
      [204, null],
      ...Array(COPIES - 1).fill([204, "true"]),
    ]);
    await collector.expectPuts([{ position: 1, metadata: { clicktrail: { id, attempt: 1 } } }]);
  });

  test("three at once, and another click beside them", async ({ tab, site, collector, front }) => {
    collector.behave({ delayMs: 400 });
    await tab.goto(front.at(site.landing(null)));
    const [id, other] = [clickId(), clickId()];
    const copies = [1, 2, 3].map((attempt) => send(tab, { id, attempt }));
    const answers = await Promise.all([...copies, send(tab, { id: other, position: 2 })]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
  });

  test("given up by the page and sent again at once", async ({ tab, site, collector, front }) => {
    collector.behave({ fault: "hang" });
    await tab.goto(front.at(site.landing(null)));
    const id = clickId();
    const given = expect(send(tab, { id, giveUpMs: 2_000 })).rejects.toThrow();
    await collector.arrived(1);
    await given;
    const again = send(tab, { id, attempt: 2 });
    collector.behave({});
    collector.release();
    expect((await again).status).toBe(204);
    await collector.expectPuts([{ metadata: { clicktrail: { id, attempt: 1 } } }]);
  });

  test("left by the page, and sent again by the next one", async ({ tab, site, collector, front }) => {
    collector.behave({ delayMs: 500 });
    await tab.goto(front.at(site.landing(null)));
    const id = clickId();
    void send(tab, { id }).catch(() => undefined);
    await collector.arrived(1);
    await tab.goto(front.at(`${site.origin}/detail`));
    expect((await send(tab, { id, attempt: 2 })).status).toBe(204);
    await collector.expectPuts([{ metadata: { clicktrail: { id, attempt: 1 } } }]);
  });

  test("503, then 204, then again", async ({ tab, site, collector, front }) => {
    const headers = { "retry-after": "3" };
    collector.behaveInTurn({ status: 503, message: "Overloaded", headers }, {});
    await tab.goto(front.at(site.landing(null)));
    const id = clickId();
    const first = await send(tab, { id });
    expect(first).toMatchObject({ status: 503, replayed: null, retryAfter: "3" });
    // nginx writes the message itself.
    const message = frontName === "nginx" ? "Trieve responded with status 503" : "Overloaded";
    expect(JSON.parse(first.text)).toEqual({ message });
    expect(await send(tab, { id, attempt: 2 })).toMatchObject({ status: 204, replayed: null });
    expect(await send(tab, { id, attempt: 3 })).toMatchObject({ status: 204, replayed: "true" });
    await collector.expectPuts([{ metadata: { clicktrail: { id, attempt: 2 } } }], { only: "taken" });
    expect(collector.puts).toHaveLength(2);
  });

  test("a refusal is not remembered", async ({ tab, site, collector, front }) => {
    collector.behave({ status: 400, message: "position: not a number" });
    await tab.goto(front.at(site.landing(null)));
    const id = clickId();
    for (const attempt of [1, 2]) {
      const answer = await send(tab, { id, attempt });
      expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { message: "position: not a number" }]);
    }
    expect(collector.puts).toHaveLength(2);
  });

  test("a click of a page without the option is passed on as it comes", async ({
    tab,
    site,
    collector,
    front,
  }) => {
    await tab.goto(front.at(site.landing(null)));
    expect(await send(tab, { id: clickId(), method: "PUT" })).toMatchObject({
      status: 204,
      replayed: null,
    });
    await collector.expectPuts([{ position: 1 }]);
  });

  test("whether it remembers can be asked without a click", async ({ tab, site, collector, front }) => {
    await tab.goto(front.at(site.landing(null)));
    const id = clickId();
    expect(await ask(tab, id)).toMatchObject({ status: 204, replayed: null, text: "" });
    expect(await ask(tab, id)).toMatchObject({ status: 204, replayed: "true", text: "" });
    await collector.expectNothing();
    // Nobody loses a click by it.
    expect(await send(tab, { id })).toMatchObject({ status: 204, replayed: null });
    await collector.expectPuts([{ metadata: { clicktrail: { id } } }]);
  });

  test("the API's rules for its own origin, cookies and address don't pass", async ({
    tab,
    site,
    collector,
    front,
  }) => {
    const rules = {
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "alt-svc": 'h3=":443"',
      nel: '{"report_to":"a","max_age":86400}',
      "report-to": '{"group":"a","max_age":86400,"endpoints":[{"url":"https://a.example"}]}',
      "reporting-endpoints": 'a="https://a.example"',
      "clear-site-data": '"*"',
      "content-security-policy": "default-src 'none'",
      "content-security-policy-report-only": "default-src 'none'",
      "permissions-policy": "geolocation=()",
      "set-cookie": "session=api; Path=/",
      "cache-control": "public, max-age=60",
      location: "https://a.example/",
      link: "<https://a.example/a.css>; rel=preload; as=style",
    };
    collector.behaveInTurn({ headers: rules }, { status: 400, message: "no", headers: rules });
    await tab.goto(front.at(site.landing(null)));
    const answers = [];
    for (const id of [clickId(), clickId()])
      answers.push(await send(tab, { id, path: "/ctr?key=secret&a=b" }));
    expect(answers.map(({ status }) => status)).toEqual([204, 400]);
    const hidden = Object.keys(rules).filter((name) => name !== "cache-control");
    for (const { names } of answers) expect(names.filter((name) => hidden.includes(name))).toEqual([]);
    expect(await tab.evaluate(() => document.cookie)).toBe("");
    for (const put of collector.puts) {
      expect(put.path).toBe("/api/analytics/ctr");
      const own = [
        "cookie",
        "origin",
        "referer",
        "user-agent",
        "sec-fetch-site",
        "idempotency-key",
        "x-forwarded-for",
      ];
      const passed = own.filter((name) => put.headers[name] !== undefined && put.headers[name] !== "node");
      expect(passed).toEqual([]);
    }
  });

  test("another site's page can't use it", async ({ tab, site, collector, front }) => {
    await tab.goto(site.landing(null));
    const answers = await tab.evaluate(async (endpoint) => {
      const id = crypto.randomUUID();
      const body = "{}";
      const attempts: RequestInit[] = [
        { method: "POST", headers: { "Idempotency-Key": id, "Content-Type": "application/json" }, body },
        { method: "PUT", headers: { "Content-Type": "application/json" }, body },
        // What any page may send anywhere without asking.
        { method: "POST", headers: { "Content-Type": "text/plain" }, mode: "no-cors", body },
      ];
      return Promise.all(
        attempts.map((init) =>
          fetch(endpoint, init).then(
            (response) => response.type,
            () => "refused",
          ),
        ),
      );
    }, `${front.origin}/ctr`);
    expect(answers).toEqual(["refused", "refused", "opaque"]);
    await collector.expectNothing();
  });
});
