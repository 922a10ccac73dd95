// Owns this script's other databases on the origin: of endpoints, datasets and formats that no page uses any more.
import { promisifyRequest } from "idb-keyval";
import { limited, openNamed, STORE } from "./database";

/** One that a frozen page holds open may never respond; a working one takes a few ms. */
const EMPTY_MS = 2_000;

/** The names of all of this script's databases but `own`, which is open: a frame without an origin may not even ask. */
export async function findOthers(own: string): Promise<string[]> {
  // Missing before Firefox 126.
  const all = (await indexedDB.databases?.()) ?? [];
  const names = all.map(({ name = "" }) => name);
  return names.filter((name) => name.startsWith("clicktrail ") && !name.startsWith(own));
}

/** What becomes of a row; undefined: it is deleted. */
type Keep = (row: object) => unknown;

/** Deletes the rows that `keep` doesn't keep from these databases; default: all. */
export async function emptyOthers(names: readonly string[], keep: Keep = () => undefined): Promise<void> {
  await Promise.all(names.map((name) => limited(empty(name, keep), EMPTY_MS).catch(() => {})));
}

async function empty(name: string, keep: Keep): Promise<void> {
  const database = await openNamed(name);
  const transaction = database.transaction(STORE, "readwrite");
  const cursors = transaction.objectStore(STORE).openCursor();
  cursors.onsuccess = () => {
    const cursor = cursors.result;
    if (!cursor) return;
    const kept = keep(cursor.value);
    if (!kept) cursor.delete();
    else if (kept !== cursor.value) cursor.update(kept);
    cursor.continue();
  };
  await promisifyRequest(transaction);
  database.close();
}
