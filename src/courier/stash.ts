// Owns what a page keeps in localStorage for the next one: synchronous, so it works while the page goes. Workers and sandboxed
// frames have none.
import { toJson } from "../json";
import { attempt } from "../report";

/** Every row has its key inside. */
export interface Row {
  readonly id: string;
}

/** Scopes hold no line break, so no other scope's keys begin like this one's. */
const END = "\n";

export function stash(name: string, row: Row): void {
  attempt(() => localStorage.setItem(name + END + row.id, toJson(row)));
}

export function unstash(name: string, id: string): void {
  attempt(() => localStorage.removeItem(name + END + id));
}

/** What pages have stashed and no transaction has cleared since; what can't be read is removed. */
export function stashed(name: string): Row[] {
  const rows: Row[] = [];
  attempt(() => {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(name + END)) continue;
      const row = attempt(() => JSON.parse(localStorage[key]));
      name + END + row?.id === key ? rows.push(row) : localStorage.removeItem(key);
    }
  });
  return rows;
}
