// How an add-on and the tracker find each other, in either order of loading.
import { afterEach, expect, it, vi } from "vitest";
import { runningTracker } from "../announce";
import { createTracker } from "../page/tracker";
import { NO_FILE } from "../test/workers";
import { register } from "./register";

const options = { dataset: "d0000000-0000-4000-8000-000000000001", dryRun: true };
const click = { requestId: crypto.randomUUID(), chunkId: crypto.randomUUID(), position: 1 };
const extra = () => ({ experiment: "b" });

afterEach(() => runningTracker()?.destroy());

it("adds to a tracker that runs already", () => {
  const tracker = createTracker(options, NO_FILE);
  register(extra);
  expect(tracker.extras(click)).toEqual({ experiment: "b" });
});

it("adds to a tracker that starts later", () => {
  register(extra);
  dispatchEvent(new CustomEvent("clicktrail", { detail: { tagged: [] } }));
  expect(createTracker(options, NO_FILE).extras(click)).toEqual({ experiment: "b" });
});

it("adds once", () => {
  const counted = vi.fn(extra);
  register(counted);
  createTracker(options, NO_FILE).destroy();
  createTracker(options, NO_FILE).extras(click);
  expect(counted).not.toHaveBeenCalled();
});
