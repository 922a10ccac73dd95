// Owns how a test's IndexedDB fails: an open that comes late, a full disk.
import { IDBObjectStore } from "fake-indexeddb";
import { vi } from "vitest";
import { settled } from "./entries";

/** Writes fail from now on as they do on a full disk: the transaction aborts after the request. */
export function fillDisk() {
  function fail(this: IDBObjectStore) {
    const request = this.get("nothing");
    this.transaction.abort();
    return request;
  }
  const spies = (["put", "add"] as const).map((name) =>
    vi.spyOn(IDBObjectStore.prototype, name).mockImplementation(fail),
  );
  return { mockRestore: () => spies.forEach((spy) => void spy.mockRestore()) };
}

/** An `indexedDB` whose open does nothing until `respond` is called. */
export function slowFactory(factory: IDBFactory) {
  const late: (() => void)[] = [];
  const open = (name: string) => {
    const request: Record<string, unknown> & { [on in "onsuccess" | "onupgradeneeded"]?: () => void } = {};
    late.push(() => {
      const real = factory.open(name);
      real.onupgradeneeded = () => {
        request.result = real.result;
        request.onupgradeneeded?.();
      };
      real.onsuccess = () => {
        request.result = real.result;
        request.onsuccess?.();
      };
    });
    return request;
  };
  const respond = async () => {
    for (const go of late.splice(0)) go();
    await settled();
  };
  return { open, respond };
}

/** The ways in which there is no database. */
export const FAILURES: [string, () => unknown][] = [
  ["is not there", () => undefined],
  [
    "throws as it is opened",
    () => ({
      open() {
        throw new Error("SecurityError: sandboxed");
      },
    }),
  ],
  [
    "responds with an error",
    () => ({
      open() {
        const request: { error: Error; onerror?: () => void } = { error: new Error("UnknownError") };
        queueMicrotask(() => request.onerror?.());
        return request;
      },
    }),
  ],
  ["never responds", () => ({ open: () => ({}) })],
  [
    "throws as it is looked at",
    () =>
      new Proxy(
        {},
        {
          get() {
            throw new Error("SecurityError");
          },
        },
      ),
  ],
];
