// Times the queue's operations in a page, over as many entries as are asked for.
import { createStore } from "../../src/delivery/store.ts";

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
  const queue = createStore(`bench ${entries}`);
  await queue.open();
  const all = Array.from({ length: entries }, (_, n) => row(n));
  const stored = all.map(({ id }) => id);
  for (let n = 0; n < entries; n += 500) {
    const some = all.slice(n, n + 500);
    const ids = some.map(({ id }) => id);
    await queue.transact(ids, (rows) => {
      for (const each of some) rows.set(each.id, each);
    });
  }
  const added = Array.from({ length: 50 }, (_, n) => row(entries + n));
  const settled = (id) => queue.transact([id], () => {});
  const add = await mean(50, async (n) => {
    queue.add(added[n]);
    await settled(added[n].id);
  });
  const some = stored.slice(0, 10);
  const claim = await mean(20, () =>
    queue.transact(some, (rows) => {
      for (const [id, old] of rows) rows.set(id, { ...old, attempt: old.attempt + 1 });
    }),
  );
  const remove = await mean(50, (n) => queue.transact([added[n].id], (rows) => rows.clear()));
  const list = await mean(5, () => queue.all());
  // In one transaction, as entries past the cap go; NaN where the queue's own time limit ends it.
  const expire = await mean(1, () => queue.transact(stored, (rows) => rows.clear())).catch(() => Number.NaN);
  return { add, claim, remove, list, expire };
};
