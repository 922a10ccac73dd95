// The optional inline stub: keeps calls and clicks made before the script has loaded. Built to a snippet of its own.

type Stub = Record<string, unknown> & { q?: unknown[] };
const page = window as unknown as { clicktrail?: Stub };

if (!page.clicktrail) {
  const stub: Stub = { q: [] };
  page.clicktrail = stub;
  for (const name of ["trackClick", "tagResults", "on", "flush", "grantConsent", "revokeConsent"])
    stub[name] = (...args: unknown[]) => {
      stub.q?.push([name, args]);
    };
  for (const type of ["click", "auxclick"])
    addEventListener(
      type,
      (event) => {
        // The path is empty once the event has been dispatched.
        stub.q?.push(["capture", [event, event.composedPath()]]);
      },
      true,
    );
}
