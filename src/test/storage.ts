// Owns a localStorage for tests: its rows are its own enumerable properties, as in browsers.

const METHODS = {
  getItem(this: Record<string, string>, key: string) {
    return this[key] ?? null;
  },
  setItem(this: Record<string, string>, key: string, value: string) {
    this[key] = `${value}`;
  },
  removeItem(this: Record<string, string>, key: string) {
    delete this[key];
  },
};

export function createStorage(): Record<string, string> {
  return Object.create(METHODS) as Record<string, string>;
}
