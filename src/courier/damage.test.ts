// Damaged things: thousands of seeded ones, in rows, ledgers, stashes and messages. Whatever is wrong with them, good clicks are sent and
// counted once, the account can be read, and consent can be withdrawn.
import { expect, it, vi } from "vitest";
import { entryAt, idAt, START, seeded } from "../test/entries";
import { put, routeTo, setUpStand, stand, status } from "../test/stand";
import { LEDGER, NEW_LEDGER } from "./ledger";
import type { Stats } from "./stats";
import { allRows, type Row } from "./store";
import { createDesk, receive, type ToCourier, type ToPage } from "./worker";

setUpStand();

const ROUNDS = 150;
/** Of each kind in each round: 9,000 in all. */
const DAMAGES = 15;
const KINDS = 4;
const GOOD = 3;

const ODD: readonly unknown[] = [
  undefined,
  null,
  true,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1_000,
  0.5,
  1e300,
  1n,
  "",
  "text",
  "x".repeat(5_000),
  [],
  [1, [2n]],
  {},
  { n: 1n },
  { id: {} },
  new Date(START),
  new Map([["a", 1]]),
];

it("harms no good click", async () => {
  const random = seeded(31);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  /** A copy with something odd in the place of one of its fields, at any depth. */
  function damage(given: unknown): unknown {
    const keys = given instanceof Object ? Object.keys(given) : [];
    if (!keys[0] || random() < 0.1) return pick(ODD);
    const key = pick(keys);
    const field = (given as Record<string, unknown>)[key];
    return { ...(given as object), [key]: random() < 0.5 ? damage(field) : pick(ODD) };
  }
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    sent.push(`${init.body}`);
    return status(204);
  });
  let serial = 0;
  let damages = 0;
  const next = () => ++serial;
  for (let round = 0; round < ROUNDS; round++) {
    vi.setSystemTime(START + round * 1_000);
    const good = Array.from({ length: GOOD }, () => entryAt(Date.now(), {}, next()));
    put(...good);
    const rows: (readonly [string, unknown])[] = [];
    const stash: unknown[] = [];
    const messages: unknown[] = [];
    for (let one = 0; one < DAMAGES; one++) {
      damages += KINDS;
      const whole = { ...entryAt(Date.now(), {}, next()), begun: true, doubt: true, silent: 1, refusals: 1 };
      rows.push([pick([whole.id, idAt(START, next()), "corrupt"]), damage(whole)]);
      const last = [{ name: "delivered", id: whole.id, attempt: 1, at: START }];
      rows.push([LEDGER, damage({ ...NEW_LEDGER, counts: { delivered: 1 }, last })]);
      stash.push(damage(pick<unknown>([whole, { ...whole, name: "waiting", remains: whole }])));
      messages.push(
        damage({ entry: whole, answer: { status: 204, text: "" }, drop: last[0], withdrawnAt: 0 }),
      );
    }
    const request = indexedDB.open(stand.store.database.name);
    await new Promise<void>((resolve) => {
      request.onsuccess = () => {
        const writing = request.result.transaction("q", "readwrite");
        for (const [key, row] of rows) writing.objectStore("q").put(row, key);
        writing.oncomplete = () => resolve(request.result.close());
      };
    });
    const desk = createDesk(routeTo(), "worker", { random: () => 0 });
    const said: ToPage[] = [];
    const port = { postMessage: () => {} };
    const ask = async (message: ToCourier) => {
      await new Promise<void>((resolve) => {
        const hear = (reply: ToPage) => {
          if (reply.re !== 7 || reply.isHere) return;
          said.push(reply);
          resolve();
        };
        void receive(desk, { ...message, ask: 7 }, { postMessage: hear });
      });
      return said.at(-1) as ToPage;
    };
    for (const message of messages) void receive(desk, Object(message), port).catch(() => {});
    await ask({ hello: true, withdrawnAt: 0, flush: "start", stash: stash as Row[] });
    await ask({ flush: "hope" });
    for (const { id } of good) expect([id, sent.filter((body) => body.includes(id)).length]).toEqual([id, 1]);
    const { value } = await ask({ stats: true });
    expect(value as Stats).toMatchObject({ made: expect.any(Number), dropped: expect.any(Object) });
    expect(Number.isFinite((value as Stats).made)).toBe(true);
    expect((await ask({ stop: "withdraw", withdrawnAt: Date.now() })).error).toBeUndefined();
    const left = await allRows(stand.store);
    for (const { id } of good) expect(left.has(id)).toBe(false);
  }
  expect(damages).toBe(ROUNDS * DAMAGES * KINDS);
}, 120_000);
