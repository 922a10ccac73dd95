// Owns the scripts that break the browser's storage before the library gets to it. It knows no library.

/** What opening the database meets. */
export const UNOPENED: Readonly<Record<string, string>> = {
  "is undefined": "Object.defineProperty(self, 'indexedDB', { value: undefined });",
  "throws at once": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
  "fails to open": `IDBFactory.prototype.open = () => {
    const request = { error: new DOMException("no", "UnknownError") };
    setTimeout(() => request.onerror?.(new Event("error")));
    return request;
  };`,
  "never opens": "IDBFactory.prototype.open = () => ({});",
};

/** And what writes meet. */
export const BROKEN: Readonly<Record<string, string>> = {
  ...UNOPENED,
  "refuses every write (quota)":
    "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
  "aborts every write": `const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...row) {
      const request = put.apply(this, row);
      this.transaction.abort();
      return request;
    };`,
};

export const NO_LOCAL_STORAGE = `Object.defineProperty(self, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });`;
