// Owns a store in this process: the last ids, for a time.

export interface Bounds {
  readonly maxIds: number;
  readonly keepMs: number;
}

export function createMemory({ maxIds, keepMs }: Bounds) {
  // The oldest is the first.
  const untils = new Map<string, number>();

  return {
    has: (id: string): boolean => Date.now() < (untils.get(id) ?? 0),
    add(id: string): void {
      untils.delete(id);
      untils.set(id, Date.now() + keepMs);
      for (const [oldest, until] of untils) {
        if (untils.size <= maxIds && Date.now() < until) return;
        untils.delete(oldest);
      }
    },
  };
}
