// Gives every wait of the unit tests the time of a busy machine: what is waited for takes a few ms elsewhere.
import { vi } from "vitest";

const PATIENCE_MS = 10_000;
const { waitFor } = vi;

vi.waitFor = (check, options = {}) =>
  waitFor(check, { timeout: PATIENCE_MS, ...(typeof options === "number" ? { timeout: options } : options) });
