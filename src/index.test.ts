// The npm entry on a server: no window, so nothing is tracked and nothing is kept.
import { expect, it } from "vitest";
import { init } from "./index";

it("is inert without a window, and every method answers", async () => {
  const before = Reflect.ownKeys(globalThis);
  const tracker = init({ dataset: "d0000000-0000-4000-8000-000000000001", endpoint: "/ctr" });
  expect(tracker.trackClick({ requestId: "", position: 1 })).toBeUndefined();
  tracker.on("click", () => {})();
  tracker.use(() => undefined)();
  tracker.grantConsent();
  await tracker.revokeConsent();
  await tracker.flush();
  expect(await tracker.stats()).toMatchObject({ made: 0 });
  expect(tracker.consented()).toBe(false);
  tracker.destroy();
  expect(Reflect.ownKeys(globalThis)).toEqual(before);
});
