// Owns this script's other databases on the origin: of endpoints, datasets and formats that no page uses any more.
import { createStore, promisifyRequest } from "idb-keyval";

/** Deletes the rows that aren't `kept` from every database of this script but `own`. */
export async function emptyOthers(own: string, kept: (row: unknown) => boolean): Promise<void> {
  // Missing before Firefox 126.
  const all = (await indexedDB.databases?.()) ?? [];
  for (const { name = "" } of all)
    if (name.startsWith("clicktrail ") && !name.startsWith(own))
      await createStore(name, "q")("readwrite", (rows) => empty(rows, kept)).catch(() => {});
}

async function empty(rows: IDBObjectStore, kept: (row: unknown) => boolean): Promise<void> {
  const { transaction } = rows;
  const cursors = rows.openCursor();
  cursors.onsuccess = () => {
    const cursor = cursors.result;
    if (!cursor) return;
    if (!kept(cursor.value)) cursor.delete();
    cursor.continue();
  };
  await promisifyRequest(transaction as IDBTransaction);
  transaction.db.close();
}
