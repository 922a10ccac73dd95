// Owns Web Locks for tests: exclusive ones, as far as the library uses them.

interface Lock {
  readonly name: string;
}
type Work = (lock: Lock | null) => unknown;
interface Options {
  readonly ifAvailable?: boolean;
}

export interface Locks {
  request(name: string, ...given: readonly [Work] | readonly [Options, Work]): Promise<unknown>;
  /** Who holds which lock: the holder's name by the lock's. */
  readonly held: ReadonlyMap<string, string>;
  /** Frees what a dead page held. */
  kill(holder: string): void;
  /** Whose requests the next ones are. */
  enter(holder: string): void;
}

export function createLocks(): Locks {
  const held = new Map<string, string>();
  const waiting: { readonly name: string; readonly holder: string; readonly grant: () => void }[] = [];
  let current = "";

  function free(name: string, holder: string): void {
    if (held.get(name) !== holder) return;
    held.delete(name);
    const next = waiting.findIndex((request) => request.name === name);
    if (next >= 0) waiting.splice(next, 1)[0]?.grant();
  }

  async function run(name: string, holder: string, work: Work): Promise<unknown> {
    held.set(name, holder);
    try {
      return await work({ name });
    } finally {
      free(name, holder);
    }
  }

  return {
    held,
    enter(holder) {
      current = holder;
    },
    async request(name, ...given) {
      const holder = current;
      const [{ ifAvailable }, work] =
        given.length > 1 ? (given as [Options, Work]) : [{} as Options, given[0] as Work];
      if (!held.has(name)) return run(name, holder, work);
      if (ifAvailable) return work(null);
      return new Promise((resolve) => {
        waiting.push({ name, holder, grant: () => resolve(run(name, holder, work)) });
      });
    },
    kill(holder) {
      for (const [at, request] of [...waiting.entries()].reverse())
        if (request.holder === holder) waiting.splice(at, 1);
      for (const [name, whose] of [...held]) if (whose === holder) free(name, holder);
    },
  };
}
