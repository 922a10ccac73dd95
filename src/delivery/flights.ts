// Owns the requests under way in this context: the row each begins with, what its response changes, how many may run, and when
// none may begin any more. Knows neither what waits nor how it is chosen.
import type { Account } from "./account";
import type { Health } from "./ledger";
import { type Entry, leaseOf } from "./row";
import { MAX_KEEPALIVE_BYTES, type Send } from "./send";
import { judge, learn } from "./verdict";

/** Browsers allow 256 keepalive requests in flight (Chromium 156). */
const MAX_FLIGHTS = 200;

export interface Flights {
  /** The row of a request that begins: whatever happens to its context now, the row says it. */
  begun(entry: Entry): Entry;
  /** Sends a begun row within this task; resolves, once its outcome is counted, to when to flush (epoch ms; 0: never). */
  request(row: Entry): Promise<number>;
  /** Whether a body of this size may be sent, too. */
  fits(size: number): boolean;
  /** What this context must not take: the bytes of its requests by their clicks; 0 for what was refused here. */
  readonly bytes: ReadonlyMap<string, number>;
  /** Begins nothing more, or may again. */
  pause(isPaused: boolean): void;
  /** Whether nothing may be begun: told so, the configuration is refused, or the page has left since its `visit`. */
  isOver(visit?: number): boolean;
  /** How often the page has left. */
  visit(): number;
  /** The page goes: no response is no failure any more. */
  leave(): void;
}

interface Parts {
  readonly account: Account;
  readonly send: Send;
  readonly mayLeave?: boolean | undefined;
  readonly idempotent?: boolean | undefined;
  readonly now: () => number;
  readonly random: () => number;
}

export function createFlights({ account, send, mayLeave, idempotent, now, random }: Parts): Flights {
  let paused = false;
  let leaves = 0;
  const bytes = new Map<string, number>();

  async function request(row: Entry): Promise<number> {
    const visit = leaves;
    const { fails } = account.health();
    bytes.set(row.id, row.size);
    const answer = await send(row);
    bytes.delete(row.id);
    // Chromium rejects what is pending within a ms after pagehide, delivered or not; Firefox never settles it. A page
    // that closes itself sees the rejection without a pagehide (Chromium 156).
    if (answer.isSilent && (visit < leaves || globalThis.closed === true)) return 0;
    const isConfig = answer.verdict === "config";
    // It isn't tried again here.
    if (isConfig) bytes.set(row.id, 0);
    // A copy does no harm where each click is taken once.
    const isSilent = !!answer.isSilent && !idempotent;
    const end = judge(row, { ...answer, isSilent }, account.health(), now(), random);
    const hear = (before: Health) => {
      // The configuration is to blame only if different clicks say so, whichever contexts sent them.
      paused ||= isConfig && !!before.suspect && before.suspect !== row.id;
      return learn(before, answer, row.id, now(), random);
    };
    if (end) await account.count([{ end, learn: hear }]);
    const health = account.health();
    if (paused || !end || isConfig) return 0;
    // The endpoint is back: what waits goes at once.
    return end.remains ? Math.max(end.remains.due, health.until) : health.fails < fails ? now() : 0;
  }

  return {
    bytes,
    request,
    begun: (entry) => ({
      ...entry,
      due: now() + leaseOf(entry),
      begun: true,
      doubt: !!mayLeave && navigator.onLine !== false,
    }),
    fits(size) {
      const load = [...bytes.values()].reduce((sum, more) => sum + more, 0);
      return !load || (load + size < MAX_KEEPALIVE_BYTES && bytes.size < MAX_FLIGHTS);
    },
    pause(isPaused) {
      paused = isPaused;
      for (const [id, size] of bytes) if (!size) bytes.delete(id);
    },
    isOver: (visit = leaves) => paused || visit < leaves,
    visit: () => leaves,
    leave() {
      leaves++;
      bytes.clear();
    },
  };
}
