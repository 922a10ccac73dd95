// The script tag's way in: options from the element, the global, and what a stub has kept.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { printClicks } from "./debug";
import { init } from "./index";
import type { Tracker } from "./page/api";
import { type Clicktrail, runScript } from "./script";
import { CHUNK, REQUEST } from "./test/entries";
import { find, LIST, show, staysOnPage, untilTheEnd, watchListeners } from "./test/page";

const DATASET = "d0000000-0000-4000-8000-000000000001";
const page = window as unknown as { clicktrail?: (Partial<Clicktrail> & { q?: unknown[] }) | undefined };
const click = { requestId: REQUEST, chunkId: CHUNK, position: 3 };

staysOnPage();
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  page.clicktrail?.destroy?.();
  page.clicktrail = undefined;
  vi.restoreAllMocks();
});

/** Loads the script as if it came from a tag with these attributes; nothing is sent. */
function load(attributes: Record<string, string>): void {
  const script = document.createElement("script");
  script.type = "text/plain";
  for (const [name, value] of Object.entries({ dryRun: "", ...attributes })) script.dataset[name] = value;
  document.body.append(script);
  runScript();
}

/** And starts what it has made. */
function run(attributes: Record<string, string>): Partial<Clicktrail> {
  load(attributes);
  return page.clicktrail as Partial<Clicktrail>;
}

describe("a script tag's attributes", () => {
  it("are the options, also where document.currentScript is null", () => {
    const { options, route } = run({
      dataset: DATASET,
      apiKey: "k",
      endpoint: "https://api.example/ctr",
      userId: "u-1",
      inDoubt: "resend",
    });
    expect(options).toMatchObject({ dataset: DATASET, userId: "u-1" });
    expect(route).toMatchObject({ endpoint: "https://api.example/ctr", resend: true, dryRun: true });
    expect(route?.headers.Authorization).toBe("k");
    // Nothing was kept for it, and nothing is done: a message is told once a page, so it would be here.
    expect(console.error).not.toHaveBeenCalled();
  });

  it("switch on by being there, and off by saying false", () => {
    expect(run({ dataset: DATASET, dryRun: "" }).route?.dryRun).toBe(true);
    page.clicktrail?.destroy?.();
    page.clicktrail = undefined;
    document.body.replaceChildren();
    expect(run({ dataset: DATASET, dryRun: "false", consent: "required" }).route?.dryRun).toBe(false);
  });

  it("that a template left empty say nothing", () => {
    const tracker = run({
      dataset: DATASET,
      apiKey: "",
      userId: "",
      organization: "",
      endpoint: "",
      type: "",
    });
    expect(tracker.route).toMatchObject({ endpoint: "https://api.trieve.ai/api/analytics/ctr" });
    expect(tracker.route?.headers).toEqual({ "Content-Type": "application/json", "TR-Dataset": DATASET });
    let payload: unknown;
    tracker.on?.("click", (outcome) => {
      payload = outcome.payload;
    });
    tracker.trackClick?.(click);
    expect(JSON.stringify(payload)).not.toContain("user_id");
    expect(payload).toMatchObject({ ctr_type: "search" });
  });

  it("give numbers where numbers are meant", () => {
    const tracker = run({ dataset: DATASET, firstPosition: "11" });
    const payloads: unknown[] = [];
    tracker.on?.("click", (outcome) => payloads.push(outcome.payload));
    tracker.trackClick?.(click);
    show(LIST);
    find("#second a").click();
    expect(payloads).toMatchObject([
      { position: 3, metadata: { clicktrail: { first_position: 11 } } },
      { position: 12, metadata: { clicktrail: { first_position: 11 } } },
    ]);
  });

  it("that are wrong are told once, and the page's calls do not fail", async () => {
    const clicktrail = run({ dataset: DATASET, consent: "yes" });
    await vi.waitFor(() =>
      expect(vi.mocked(console.error).mock.calls.map(([said]) => said)).toEqual([
        expect.stringContaining("data-consent must be required"),
      ]),
    );
    expect(() => clicktrail.trackClick?.(click)).not.toThrow();
    expect(clicktrail.tagResults).toBeDefined();
  });

  it("that lack the dataset are told, by the code where the file of the sentences isn't there", async () => {
    run({});
    await vi.waitFor(() => expect(console.error).toHaveBeenCalled());
    expect(`${vi.mocked(console.error).mock.calls}`).toMatch(/^clicktrail: start data-dataset .*, see docs/);
  });
});

describe("options", () => {
  const polluted = Object.prototype as { endpoint?: string; q?: unknown; userId?: string };
  afterEach(() => {
    delete polluted.endpoint;
    delete polluted.q;
    delete polluted.userId;
  });

  it.each([
    ["a script tag's", () => run({ dataset: DATASET })],
    ["init's", () => init({ dataset: DATASET, dryRun: true })],
  ])("are %s own: nothing is read from a prototype", (_, start) => {
    polluted.endpoint = "https://elsewhere.example/ctr";
    polluted.userId = "somebody";
    polluted.q = [];
    const tracker = start();
    expect(tracker.route?.endpoint).toBe("https://api.trieve.ai/api/analytics/ctr");
    const heard: unknown[] = [];
    tracker.on?.("click", ({ payload }) => heard.push(payload));
    tracker.trackClick?.(click);
    expect(heard).toHaveLength(1);
    expect(JSON.stringify(heard)).not.toContain("somebody");
    tracker.destroy?.();
  });
});

describe("the script's own element", () => {
  it("is the one that runs, where there are several", () => {
    load({ dataset: DATASET, userId: "first" });
    page.clicktrail?.destroy?.();
    page.clicktrail = undefined;
    const script = document.createElement("script");
    Object.assign(script.dataset, { dataset: DATASET, userId: "mine", dryRun: "" });
    vi.spyOn(Document.prototype, "currentScript", "get").mockReturnValue(script);
    runScript();
    expect(page.clicktrail).toMatchObject({ options: { userId: "mine" } });
  });

  it("is the first with a dataset, where what runs is a bundle", () => {
    vi.spyOn(Document.prototype, "currentScript", "get").mockReturnValue(document.createElement("script"));
    expect(run({ dataset: DATASET }).options).toMatchObject({ dataset: DATASET });
  });

  it("may have other tools' attributes, and white space", () => {
    const others = { nodebug: "x", debugger: "x" };
    expect(run({ dataset: DATASET, userId: " u-1 ", ...others }).options).toMatchObject({
      userId: "u-1",
      ...others,
    });
    expect(console.error).not.toHaveBeenCalled();
  });

  it.each<[string, string | undefined]>([
    ["es-module", "es-module"],
    ["module-1", "module-1"],
    ["module", undefined],
    ["text/javascript", undefined],
  ])("of the kept type %s has the clicks' type %s", (type, expected) => {
    expect(run({ dataset: DATASET, type }).options?.type).toBe(expected);
  });
});

describe("the tracker", () => {
  const hasStarted = () => "value" in (Object.getOwnPropertyDescriptor(window, "clicktrail") ?? {});

  it("is not started while the page loads", () => {
    load({ dataset: DATASET });
    expect(hasStarted()).toBe(false);
  });

  it("starts in idle time", async () => {
    load({ dataset: DATASET });
    await vi.waitFor(() => expect(hasStarted()).toBe(true));
    expect(page.clicktrail?.options).toMatchObject({ dataset: DATASET });
  });

  it("no longer listens for a first use when it has started", () => {
    const listeners = watchListeners();
    run({ dataset: DATASET });
    expect(listeners().filter((type) => type === "click")).toHaveLength(1);
    page.clicktrail?.destroy?.();
    expect(listeners()).toEqual([]);
  });

  it("starts with the first click, which counts once", () => {
    const beforeSend = vi.fn();
    page.clicktrail = { beforeSend } as never;
    show(LIST);
    load({ dataset: DATASET });
    find("#second a").click();
    expect(beforeSend).toHaveBeenCalledTimes(1);
  });

  it("throws nothing where the files of data-debug and data-inspector can't be had", async () => {
    const thrown: unknown[] = [];
    for (const type of ["error", "unhandledrejection"])
      addEventListener(type, (event) => thrown.push(event), { signal: untilTheEnd() });
    history.replaceState(null, "", "?clicktrail=inspect");
    expect(() => run({ dataset: DATASET, debug: "", inspector: "" }).options).not.toThrow();
    await vi.waitFor(() => expect(console.error).toHaveBeenCalled());
    history.replaceState(null, "", "?");
    expect(thrown).toEqual([]);
  });

  it("gives way to what the page puts in its place", () => {
    load({ dataset: DATASET });
    const own = {};
    page.clicktrail = own;
    expect(page.clicktrail).toBe(own);
  });
});

describe("a start that finds something in its way", () => {
  it("takes the options from the tag, whatever the page calls currentScript", () => {
    const image = document.createElement("img");
    image.name = "currentScript";
    image.dataset.dataset = "x";
    document.body.append(image);
    expect(run({ dataset: DATASET }).options).toMatchObject({ dataset: DATASET });
  });

  it("takes no form of this name for the stub, whatever its fields are called", () => {
    const form = document.createElement("form");
    form.id = "clicktrail";
    form.innerHTML = '<input name="q"><input name="go">';
    document.body.append(form);
    Reflect.deleteProperty(window, "clicktrail");
    expect(page.clicktrail).toBe(form);
    const tracker = run({ dataset: DATASET });
    expect(tracker.options).toMatchObject({ dataset: DATASET });
    expect(tracker.trackClick?.(click)).toBeDefined();
  });

  it("asks the document itself, whatever the page's images are called", async () => {
    const names = "querySelector querySelectorAll hidden prerendering baseURI currentScript dispatchEvent";
    document.body.innerHTML = names
      .split(" ")
      .map((name) => `<img name="${name}" alt="">`)
      .join("");
    expect(document.querySelector).toBeInstanceOf(HTMLImageElement);
    const thrown: unknown[] = [];
    addEventListener("error", (event) => thrown.push(event.error), { signal: untilTheEnd() });
    const clicktrail = run({ dataset: DATASET });
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    printClicks(clicktrail as Tracker);
    const list = document.createElement("ol");
    list.innerHTML = '<li><a href="/x">One</a></li>';
    document.body.append(list);
    const chunks = [{ chunk: { id: CHUNK, link: "/x" } }];
    expect(clicktrail.tagResults?.(list, { id: REQUEST, chunks }, { match: "link" }).tagged).toBe(1);
    expect(clicktrail.trackClick?.(list.firstElementChild as Element)).toBeDefined();
    await vi.waitFor(() => expect(`${printed.mock.calls}`).toContain("1 results are tagged"), 10_000);
    dispatchEvent(new Event("visibilitychange"));
    expect(thrown).toEqual([]);
  });

  it("uses the global's beforeSend, where there is no stub", () => {
    const beforeSend = vi.fn(() => false);
    page.clicktrail = { beforeSend } as never;
    expect(run({ dataset: DATASET }).trackClick?.(click)).toBeUndefined();
    expect(beforeSend).toHaveBeenCalledTimes(1);
    expect(console.error).not.toHaveBeenCalled();
  });

  it("gives the tracker to the variable that the page has declared under this name", () => {
    const { defineProperty } = Object;
    vi.spyOn(Object, "defineProperty").mockImplementation((object, name, property) => {
      if (name === "clicktrail") throw new TypeError("Cannot redefine property: clicktrail");
      return defineProperty(object, name, property);
    });
    expect(run({ dataset: DATASET }).trackClick?.(click)).toBeDefined();
    expect(console.error).not.toHaveBeenCalled();
  });

  it("does no harm to a click where an option is wrong, which is said once", async () => {
    show(LIST);
    load({ dataset: DATASET, consent: "perhaps" });
    find("#first a").click();
    await vi.waitFor(() => expect(console.error).toHaveBeenCalledTimes(1));
  });

  it("listens again where the document was written anew", () => {
    const heard: unknown[] = [];
    run({ dataset: DATASET }).on?.("click", (outcome) => heard.push(outcome));
    // document.open() takes the listeners away; a second script attaches them, each once.
    runScript();
    void page.clicktrail;
    show(LIST);
    find("#first a").click();
    expect(heard).toHaveLength(1);
  });

  it("is the same tracker at the second script, which uses the same beforeSend", () => {
    run({ dataset: DATASET });
    const first = page.clicktrail;
    runScript();
    expect(page.clicktrail).toBe(first);
    expect(page.clicktrail?.options).toMatchObject({ dataset: DATASET });
  });

  it.each<[string, Record<string, string>, string]>([
    ["an empty consent as required", { consent: "" }, "required"],
    ["a consent manager's type as none", { type: "application/javascript" }, ""],
  ])("reads %s", (_, attributes, consent) => {
    const { options } = run({ dataset: DATASET, ...attributes });
    expect(options?.consent ?? "").toBe(consent);
    expect(options?.type).toBeUndefined();
  });

  it("uses what is set as beforeSend later", () => {
    const clicktrail = run({ dataset: DATASET }) as { beforeSend?: unknown } & Partial<Clicktrail>;
    clicktrail.beforeSend = () => false;
    expect(clicktrail.trackClick?.(click)).toBeUndefined();
  });

  it("answers every call where an option is wrong", async () => {
    const clicktrail = run({ dataset: DATASET, consentRequired: "" });
    await vi.waitFor(() => expect(`${vi.mocked(console.error).mock.calls[0]}`).toContain("consent"));
    expect(clicktrail.on?.("click", () => {})).toBeInstanceOf(Function);
    expect(await clicktrail.stats?.()).toMatchObject({ made: 0 });
    await clicktrail.flush?.();
  });
});

describe("what a stub has kept", () => {
  it("happens in its order: calls and clicks", () => {
    show(LIST);
    const heard: unknown[] = [];
    const path = [find("#first a"), find("#first"), find("ol"), document.body, document, window];
    page.clicktrail = {
      q: [
        [
          "on",
          ["click", (outcome: { payload: { position: number } }) => heard.push(outcome.payload.position)],
        ],
        ["trackClick", [{ ...click, requestId: "33333333-3333-4333-8333-333333333333" }]],
        ["capture", [new MouseEvent("click"), path]],
      ],
    };
    run({ dataset: DATASET });
    expect(heard).toEqual([3, 1]);
    expect(console.error).not.toHaveBeenCalled();
  });

  it("gives the result to whoever waits for it", async () => {
    const done = vi.fn();
    page.clicktrail = { q: [["consented", [], done]] };
    run({ dataset: DATASET });
    expect(done).toHaveBeenCalledExactlyOnceWith(true);
  });

  it("may be a plain queue: names with their arguments, in arrays or in what a function was given", () => {
    show(LIST);
    const list = find("ol");
    const heard: unknown[] = [];
    const chunks = [{ chunk: { id: CHUNK } }];
    const argumentsOf = (...given: unknown[]) =>
      (function () {
        // biome-ignore lint/complexity/noArguments: what pages' own stubs push.
        return arguments;
      })(...(given as []));
    page.clicktrail = {
      q: [
        ["on", "click", ({ payload }: { payload: { position: number } }) => heard.push(payload.position)],
        argumentsOf("trackClick", click),
        // Its first argument is a list, as the other stub's second part is; its second is no function.
        ["tagResults", [find("#first")], { id: REQUEST, chunks }, { firstPosition: 7 }],
        ["tagResults", [find("#second")], chunks, { requestId: REQUEST, firstPosition: 8 }],
      ],
    };
    run({ dataset: DATASET });
    expect(heard).toEqual([3]);
    expect(list.querySelector("#first")?.getAttribute("data-ctr-position")).toBe("7");
    expect(list.querySelector("#second")?.getAttribute("data-ctr-position")).toBe("8");
    expect(console.error).not.toHaveBeenCalled();
  });

  it("goes on as a queue: what is pushed later is done at once", () => {
    const heard: unknown[] = [];
    const q: unknown[] = [];
    page.clicktrail = { q };
    run({ dataset: DATASET });
    q.push(["on", "click", (outcome: unknown) => heard.push(outcome)], ["trackClick", click]);
    expect(heard).toHaveLength(1);
    expect(q).toHaveLength(0);
  });

  it("stays where the page has it: a second stub finds a queue and leaves it alone", () => {
    run({ dataset: DATASET });
    expect(Array.isArray(page.clicktrail?.q)).toBe(true);
  });

  it.each([
    null,
    undefined,
    7,
    "trackClick",
    {},
    [],
    [null],
    ["__proto__"],
    ["trackClick", null],
    ["on"],
    [{}, []],
  ])("and is %j stops none of the others, and throws nothing", (bad) => {
    const heard: unknown[] = [];
    page.clicktrail = {
      q: [["on", "click", (outcome: unknown) => heard.push(outcome)], bad, ["trackClick", click]],
    };
    run({ dataset: DATASET });
    page.clicktrail?.q?.push(bad);
    expect(heard).toHaveLength(1);
  });

  it("and can't be done does not keep the rest from happening", () => {
    const heard: unknown[] = [];
    page.clicktrail = {
      q: [
        ["noSuchCall", []],
        ["on", ["click", (outcome: unknown) => heard.push(outcome)]],
        ["trackClick", [click]],
      ],
    };
    run({ dataset: DATASET });
    expect(heard).toHaveLength(1);
  });
});
