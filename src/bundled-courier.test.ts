// What the npm build does where a bundler copies the options of its worker, as Turbopack does.
import { afterEach, expect, test, vi } from "vitest";
import { bundledCourier } from "./bundled-courier";

afterEach(() => vi.unstubAllGlobals());

/** What every browser reads of a worker's options. */
const KNOWN = ["credentials", "name", "type"];

/** A browser's constructor, which reads the options first and then the address. Answers what each worker was made with. */
function browser(names: readonly string[]) {
  const made: Record<string, unknown>[] = [];
  function SharedWorker(address: string | URL, options: Record<string, unknown>) {
    const read = Object.fromEntries(names.map((name) => [name, options[name]]));
    made.push({ address: `${new URL(address, "http://localhost/")}`.replace(/^.*\//, ""), ...read });
  }
  return { SharedWorker, made };
}

/** As a build of Turbopack's makes the worker whose file it has found; it leaves other workers alone. */
function copying(Real: ReturnType<typeof browser>["SharedWorker"]) {
  return function SharedWorker(this: object, address: string | URL, options: object) {
    const given = typeof address === "string" ? options : { ...options, type: undefined };
    Reflect.apply(Real, this, [address, given]);
  };
}

for (const isCopied of [false, true]) {
  const how = isCopied ? "copied" : "handed over";
  test.each([
    ["knows", [...KNOWN, "extendedLifetime"], 1],
    ["doesn't know", KNOWN, 0],
  ])(
    `notices that a browser %s workers that outlive their page, with options that are ${how}`,
    async (_, names, times) => {
      const { SharedWorker, made } = browser(names);
      vi.stubGlobal("SharedWorker", isCopied ? copying(SharedWorker) : SharedWorker);
      const read = vi.fn(() => true);
      await bundledCourier.worker(read);
      expect(made).toHaveLength(1);
      expect(made[0]).toMatchObject({ name: expect.stringMatching(/^\d+0\.\d+$/) });
      if (names.includes("extendedLifetime")) expect(made[0]).toHaveProperty("extendedLifetime", true);
      expect(read).toHaveBeenCalledTimes(times);
    },
  );
}
