// Owns a flush: what earlier pages left, what is due, and its sending, a few at a time. Knows no response.
import type { Account } from "./account";
import type { Parts } from "./courier";
import type { Flights } from "./flights";
import { isOver, LEDGER, ledgerIn, type Settled } from "./ledger";
import { ahead, isEntry, isFree } from "./row";
import { MAX_KEEPALIVE_BYTES } from "./send";
import { triage } from "./triage";

/** Taken at once, in two lanes: six requests at a time are also HTTP/1.1's limit, and a transaction costs as much as a request. */
const BATCH = 3;
/** When to look again at what can't be sent now. */
export const AGAIN_MS = 1_000;

interface Tools extends Parts {
  readonly now: () => number;
  readonly account: Account;
  readonly flights: Flights;
  readonly settle: (ends: readonly Settled[]) => Promise<void>;
}

export function createDrain(tools: Tools): (hope: boolean, visit: number) => Promise<number> {
  const { store, account, flights, settle, delegate, withdrawnAt, now, dryRun, idempotent } = tools;
  const { sliceMs = Number.POSITIVE_INFINITY } = tools;
  const resend = tools.resend || !!idempotent;

  /** What pages have stashed: outcomes are counted, rows go to the disk unless it knows better. */
  async function recover(): Promise<void> {
    const stashed = store.stashed();
    const rows = stashed.filter(isEntry);
    await settle(stashed.filter((row) => !isEntry(row)) as unknown as Settled[]);
    if (!rows[0]) return;
    await store.transact([LEDGER, ...rows.map(({ id }) => id)], (known) => {
      const ledger = ledgerIn(known);
      for (const row of rows) if (!known.has(row.id) && !isOver(ledger, row.id)) known.set(row.id, row);
    });
  }

  /** Takes rows and begins their requests in one task, so that no death comes between; resolves as they do. */
  async function take(ids: readonly string[], seenAt: number): Promise<number[]> {
    const sending: Promise<number>[] = [];
    await store.transact(ids, (rows) => {
      for (const id of ids) {
        const row = rows.get(id);
        if (!isEntry(row) || flights.bytes.has(id) || !isFree(row, seenAt, now())) continue;
        const silent = (row.silent ?? 0) + +(!!row.begun && !idempotent);
        const mine = flights.begun({ ...row, silent, attempt: row.attempt + 1 });
        rows.set(id, mine);
        sending.push(flights.request(mine));
      }
    });
    return Promise.all(sending);
  }

  return async (hope, visit) => {
    const end = now() + sliceMs;
    await recover();
    const rows = await store.all();
    for (const id of flights.bytes.keys()) rows.delete(id);
    const { health } = ledgerIn(rows);
    account.know(hope ? { ...health, fails: 0, until: health.asked } : health);
    const seenAt = hope ? Number.POSITIVE_INFINITY : health.seenAt;
    const { ends, due, next } = triage(rows, { resend, seenAt, withdrawnAt: withdrawnAt(), time: now() });
    await settle(ends);
    const later = () => (ahead(account.health().until, now()) ? account.health().until : 0);
    const isOpen = () =>
      !flights.isOver(visit) && !later() && flights.fits(MAX_KEEPALIVE_BYTES / 2) && now() < end;
    const ready = due.map(({ id }) => id);
    const times = [next];
    const send = async (count: number) => times.push(...(await take(ready.splice(-count).reverse(), seenAt)));
    if (!ready[0] || dryRun || later() || flights.isOver(visit)) return later() || next;
    if (
      await delegate?.(
        hope,
        due.some((row) => row.begun),
      )
    )
      return next;
    // The first one alone, whatever other tabs have taken since: it pays the preflight for all, and an endpoint that is down gets
    // no more than it. One by one, too, until it is known whether a click or the configuration is at fault.
    while (isOpen() && ready[0] && (account.health().suspect || times[1] === undefined)) await send(1);
    const lane = async () => {
      while (isOpen() && ready[0]) await send(BATCH);
    };
    await Promise.all([lane(), lane()]);
    if (ready[0] && !flights.isOver(visit)) times.push(now() + AGAIN_MS);
    const [soonest = 0] = times.filter(Boolean).sort((a, b) => a - b);
    return later() || soonest;
  };
}
