// Owns what a page keeps in localStorage for the next one: synchronous, so it works while the page goes. Workers and sandboxed
// frames have none.
import { toJson } from "../json";
import { attempt } from "../report";

/** Every row has its key inside. */
export interface Row {
  readonly id: string;
}

export function stash(name: string, row: Row): void {
  attempt(() => localStorage.setItem(name + row.id, toJson(row)));
}

export function unstash(name: string, id: string): void {
  attempt(() => localStorage.removeItem(name + id));
}

/** What pages have stashed and no transaction has cleared since; what can't be read is removed. */
export function stashed(name: string): Row[] {
  const rows: Row[] = [];
  attempt(() => {
    // An id's length behind the name: another scope's name may begin like this one.
    for (const key of Object.keys(localStorage).filter((one) => one.slice(0, -36) === name)) {
      const row = attempt(() => JSON.parse(localStorage[key]));
      row?.id ? rows.push(row) : localStorage.removeItem(key);
    }
  });
  return rows;
}
