// Owns a click's row until it is known to be on disk: written within the click's task, and kept in localStorage where it isn't.
import { type Database, openDatabase, transaction, written } from "../courier/database";
import type { Entry } from "../courier/row";
import { stash, stashed, unstash } from "../courier/stash";
import type { Row } from "../courier/store";
import { attempt } from "../report";

export interface Disk {
  readonly database: Database;
  /** Rows that are not known to be on disk. */
  readonly unwritten: Map<string, Row>;
  /** The keys of the rows that this page has put into localStorage. */
  readonly inStash: Set<string>;
}

/** More than a person clicks before the first is on disk. Of a script's burst a ledger would not recognize all that come back. */
const MAX_LEFT = 16;

/** `opened` is called whenever the database is there, however late. */
export function createDisk(name: string, opened: () => void): Disk {
  const disk: Disk = {
    unwritten: new Map(),
    inStash: new Set(),
    database: {
      name,
      opened() {
        for (const row of disk.unwritten.values()) write(disk, row);
        opened();
      },
    },
  };
  return disk;
}

/** Writes a row within this task. `isShared`: a worker has it too, and keeps it where the write fails. */
export function write(disk: Disk, row: Row, isShared?: boolean): void {
  const { database, unwritten } = disk;
  unwritten.set(row.id, row);
  attempt(
    () => {
      const rows = transaction(database, "readwrite");
      // A click's row that is there already is its courier's, and newer.
      const writing = (row as Entry).answer ? rows.put(row, row.id) : rows.add(row, row.id);
      const end = (isSafe?: boolean) => {
        // A later row under this id isn't this one's to deal with.
        if (unwritten.get(row.id) !== row) return;
        if (isSafe) settle(disk, [row.id]);
        else keep(disk, [row]);
      };
      written(writing).then(
        () => end(true),
        () => end(isShared || writing.error?.name === "ConstraintError"),
      );
    },
    () => {
      keep(disk, [row]);
      openDatabase(database);
    },
  );
}

/** Puts rows into localStorage, for this page's courier or the next page's. */
export function keep({ database, inStash }: Disk, rows: readonly Row[]): void {
  for (const row of rows) {
    inStash.add(row.id);
    stash(database.name, row);
  }
}

/** The rows under these keys are on disk, or over. */
export function settle({ database, unwritten, inStash }: Disk, ids: readonly string[]): void {
  for (const id of ids) {
    unwritten.delete(id);
    if (inStash.delete(id)) unstash(database.name, id);
  }
}

/** What pages have put into localStorage, and what this one has in memory alone. */
export function kept({ database, inStash, unwritten }: Disk): Row[] {
  const rows = stashed(database.name);
  for (const { id } of rows) inStash.add(id);
  return [...new Map([...rows.map((row): [string, Row] => [row.id, row]), ...unwritten]).values()];
}

/** The page goes. */
export function leaveDisk(disk: Disk): void {
  if (disk.unwritten.size <= MAX_LEFT) keep(disk, [...disk.unwritten.values()]);
}
