// Times the queue's operations in a page, over as many entries as are asked for.
import { openDatabase } from "../../src/courier/database.ts";
import { allRows, createStore, transact } from "../../src/courier/store.ts";

const row = (n) => ({
  id: `${n.toString().padStart(8, "0")}-${crypto.randomUUID()}`,
  format: 2,
  attempt: 1,
  due: 0,
  size: 380,
  at: Date.now(),
  payload: { position: n, metadata: { clicktrail: { id: crypto.randomUUID(), text: "x".repeat(200) } } },
});

/** Milliseconds of one `work`, the mean of `times`. */
async function mean(times, work) {
  const begin = performance.now();
  for (let n = 0; n < times; n += 1) await work(n);
  return (performance.now() - begin) / times;
}

window.measureQueue = async (entries) => {
  const queue = createStore(`bench ${entries}`, { join: (_, row) => row, unwritten() {}, settled() {} });
  await openDatabase(queue.database);
  const all = Array.from({ length: entries }, (_, n) => row(n));
  const stored = all.map(({ id }) => id);
  for (let n = 0; n < entries; n += 500) {
    const some = all.slice(n, n + 500);
    const ids = some.map(({ id }) => id);
    await transact(queue, ids, (rows) => {
      for (const each of some) rows.set(each.id, each);
    });
  }
  const added = Array.from({ length: 50 }, (_, n) => row(entries + n));
  const add = await mean(50, (n) =>
    transact(queue, [added[n].id], (rows) => rows.set(added[n].id, added[n])),
  );
  const some = stored.slice(0, 10);
  const claim = await mean(20, () =>
    transact(queue, some, (rows) => {
      for (const [id, old] of rows) rows.set(id, { ...old, attempt: old.attempt + 1 });
    }),
  );
  const remove = await mean(50, (n) => transact(queue, [added[n].id], (rows) => rows.clear()));
  const list = await mean(5, () => allRows(queue));
  // In one transaction, as entries past the cap go; NaN where the queue's own time limit ends it.
  const expire = await mean(1, () => transact(queue, stored, (rows) => rows.clear())).catch(() => Number.NaN);
  return { add, claim, remove, list, expire };
};
