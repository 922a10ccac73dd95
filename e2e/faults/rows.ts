// Owns the specs' way behind the library's back: the stored rows and the journal, read and changed with raw browser
// calls, so that a spec can age what it would have to wait for, or break it. It knows the store's layout, no courier.
import { chunkId, DATASET, requestId } from "../pages.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { clicksFrom } from "../witness.ts";

/** A row under its key. */
export type StoredRow = readonly [key: string, row: unknown];

/** The name of the database, and the start of the journal's keys. */
export function scopeOf(endpoint: string, dataset: string = DATASET): string {
  return `clicktrail 2 ${endpoint}  ${dataset}`;
}

/** The ledger's key. */
export const LEDGER = "!";

/** What lies in the tab's origin under that scope; the ledger left out. */
export async function storedRows(tab: Tab, scope: string): Promise<StoredRow[]> {
  const rows = await tab.evaluate(async (name) => {
    const open = indexedDB.open(name);
    open.onupgradeneeded = () => open.result.createObjectStore("q");
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(open.error);
    });
    const found: [string, unknown][] = [];
    const reading = database.transaction("q").objectStore("q").openCursor();
    await new Promise((resolve) => {
      reading.onsuccess = () => {
        const cursor = reading.result;
        if (!cursor) return resolve(undefined);
        found.push([String(cursor.key), cursor.value]);
        cursor.continue();
      };
    });
    database.close();
    return found;
  }, scope);
  return rows.filter(([key]) => key !== LEDGER);
}

/** Writes rows as they are, good or bad, into the scope's store. */
export async function storeRows(tab: Tab, scope: string, rows: readonly StoredRow[]): Promise<void> {
  await tab.evaluate(
    async ({ name, all }) => {
      const open = indexedDB.open(name);
      open.onupgradeneeded = () => open.result.createObjectStore("q");
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
      });
      const writing = database.transaction("q", "readwrite");
      for (const [key, row] of all) writing.objectStore("q").put(row, key);
      await new Promise((resolve, reject) => {
        writing.oncomplete = resolve;
        writing.onerror = reject;
      });
      database.close();
    },
    { name: scope, all: rows },
  );
}

/** Rewrites what lies under a key, or makes it of `{}`, by the statements in `damage` on `row`: what no driver can pass, such as Infinity. */
export interface Damage {
  readonly key: string;
  readonly damage: string;
}

/** Damages rows in the scope's store, or the ledger, one after another. */
export async function damageRows(tab: Tab, scope: string, damages: readonly Damage[]): Promise<void> {
  await storeRows(tab, scope, []);
  await tab.evaluate(
    async ({ name, all }) => {
      const open = indexedDB.open(name);
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
      });
      const writing = database.transaction("q", "readwrite");
      const store = writing.objectStore("q");
      for (const { key, damage } of all) {
        const reading = store.get(key);
        reading.onsuccess = () => {
          const damaged = new Function("row", `${damage}; return row`)(reading.result ?? {});
          store.put(damaged, key);
        };
      }
      await new Promise((resolve, reject) => {
        writing.oncomplete = resolve;
        writing.onerror = reject;
      });
      database.close();
    },
    { name: scope, all: damages },
  );
}

/** A ledger as it lies in the store after some clicks. */
export function ledgerRow(changed: object = {}): StoredRow {
  const health = { downSince: 0, until: 0, asked: 0, failedAt: 0, seenAt: 0, suspect: "", refusedAt: 0 };
  return [LEDGER, { counts: { delivered: 2 }, last: [], health, ...changed }];
}

/** Writes a text into the scope's journal under a key, whatever it is. */
export async function journalText(
  tab: Tab,
  scope: string,
  texts: readonly (readonly [key: string, text: string])[],
): Promise<void> {
  await tab.evaluate(
    ({ name, all }) => {
      for (const [key, text] of all) localStorage[`${name}\n${key}`] = text;
    },
    { name: scope, all: texts },
  );
}

/** Writes rows as they are into the scope's journal: what pages leave that died before their database opened. */
export async function journalRows(tab: Tab, scope: string, rows: readonly StoredRow[]): Promise<void> {
  await tab.evaluate(
    ({ name, all }) => {
      for (const [key, row] of all) localStorage[`${name}\n${key}`] = JSON.stringify(row);
    },
    { name: scope, all: rows },
  );
}

/** Longer than every lease and every back-off. */
const LATER_MS = 6 * 60_000;

/**
 * Time passes for what is stored and journaled: clicks, leases, back-offs and evidence are that much older. Call it where
 * the library does not run: on a page that has it, a flush may be half-way.
 */
export async function age(tab: Tab, scope: string, ms: number = LATER_MS): Promise<void> {
  await tab.evaluate(
    async ({ name, older }) => {
      // Every stored time is in epoch ms; durations and counts are far smaller.
      const aged = (value: unknown): unknown => {
        if (typeof value === "number") return value > 1e12 ? value - older : value;
        if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
        const parts = Object.entries(value).map(([key, part]) => [
          key,
          key === "payload" ? part : aged(part),
        ]);
        return Object.fromEntries(parts);
      };
      for (const key of Object.keys(localStorage))
        if (key.startsWith(name)) localStorage[key] = JSON.stringify(aged(JSON.parse(localStorage[key])));
      const open = indexedDB.open(name);
      open.onupgradeneeded = () => open.result.createObjectStore("q");
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error);
      });
      const writing = database.transaction("q", "readwrite");
      const cursors = writing.objectStore("q").openCursor();
      cursors.onsuccess = () => {
        const cursor = cursors.result;
        if (!cursor) return;
        cursor.update(aged(cursor.value));
        cursor.continue();
      };
      await new Promise((resolve, reject) => {
        writing.oncomplete = resolve;
        writing.onerror = reject;
      });
      database.close();
    },
    { name: scope, older: ms },
  );
}

/** A worker counts within this time, unless it was killed. */
const COUNTS_MS = 3_000;

/** Waits until no worker has a request under way: in a row that is aged meanwhile, it would find its lease over. A page's are in doubt. */
async function counted(tab: Tab, scope: string): Promise<void> {
  const isUnderWay = ([, row]: StoredRow) => !!Object(row).begun && !Object(row).doubt;
  for (const end = Date.now() + COUNTS_MS; Date.now() < end; ) {
    if (!(await storedRows(tab, scope)).some(isUnderWay)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A visit after every lease and back-off is over; what is left is flushed there. */
export async function visitLater(tab: Tab, site: Site, scope: string, url = site.landing()): Promise<void> {
  await tab.goto(site.landing(null));
  await counted(tab, scope);
  await age(tab, scope);
  await tab.goto(url);
  await trackerReady(tab);
}

/** A click as it lies in the store, made `ageMs` ago; what is `changed` may be wrong on purpose. */
export function clickRow(number: number, ageMs = 60_000, changed: object = {}): StoredRow {
  const at = Date.now() - ageMs;
  clicksFrom(at);
  const time = at.toString(16).padStart(12, "0");
  const tail = String(number).padStart(12, "0");
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
  const payload = {
    request_id: requestId(1),
    ctr_type: "search",
    position: number,
    clicked_chunk_id: chunkId(number),
    metadata: {
      clicktrail: {
        id,
        clicked_at: new Date(at).toISOString(),
        attempt: 1,
        version: "by hand",
        action: "click",
        first_position: 1,
      },
    },
  };
  const size = JSON.stringify(payload).length;
  return [id, { id, format: 2, payload, at, size, attempt: 1, due: 0, ...changed }];
}

/** From now on a transaction of this tab keeps everybody else's waiting. */
export async function holdStore(tab: Tab, scope: string): Promise<void> {
  await storeRows(tab, scope, []);
  await tab.evaluate(async (name) => {
    const open = indexedDB.open(name);
    await new Promise((resolve) => {
      open.onsuccess = resolve;
    });
    document.title = "holds";
    const store = open.result.transaction("q", "readwrite").objectStore("q");
    const again = () => {
      if (document.title === "holds") store.get("nothing").onsuccess = again;
      else open.result.close();
    };
    again();
  }, scope);
}

/** Ends it. */
export async function letGo(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    document.title = "free";
  });
}

/** The names of the origin's databases. */
export function databasesOf(tab: Tab): Promise<(string | undefined)[]> {
  return tab.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
}

/** Everything that lies in the tab's origin, in whatever layout, as one text. */
export function storedText(tab: Tab): Promise<string> {
  return tab.evaluate(async () => {
    const result = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const parts: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
    for (const { name } of await indexedDB.databases()) {
      const database = await result(indexedDB.open(name as string));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        parts.push(await Promise.all([result(rows.getAllKeys()), result(rows.getAll())]));
      }
      database.close();
    }
    return JSON.stringify(parts);
  });
}
