// Consent in this tab, in others, and on later visits.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Options } from "../options";
import { START } from "../test/entries";
import { createStorage } from "../test/storage";
import {
  consentState,
  createConsent,
  finish,
  grant,
  isOptedOut,
  isUnfinished,
  revoke,
  watch,
  withdrawnAt,
} from "./consent";

const SCOPE = "clicktrail test";
const KEY = `consent ${SCOPE}`;

let storage: Record<string, string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  storage = createStorage();
  vi.stubGlobal("localStorage", storage);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const later = (ms = 1_000) => vi.setSystemTime(Date.now() + ms);

describe.each([
  ["that is required", true, "unasked"],
  ["that is not required", false, "given"],
] as const)("consent %s", (_, isRequired, first) => {
  it(`is ${first} at first, and nothing is noted`, () => {
    const consent = createConsent(SCOPE, isRequired);
    expect([consentState(consent), withdrawnAt(consent), isUnfinished(consent)]).toEqual([first, 0, false]);
    expect(storage).toEqual({});
  });

  it("is given by a grant, of which nothing is noted", () => {
    const consent = createConsent(SCOPE, isRequired);
    grant(consent);
    expect([consentState(consent), withdrawnAt(consent), isUnfinished(consent)]).toEqual(["given", 0, false]);
    expect(storage).toEqual({});
  });

  it("is withdrawn in every tab and on later visits, for what was clicked until then", () => {
    const consent = createConsent(SCOPE, isRequired);
    const other = createConsent(SCOPE, isRequired);
    grant(consent);
    revoke(consent);
    later();
    for (const one of [consent, other, createConsent(SCOPE, isRequired)])
      expect([consentState(one), withdrawnAt(one), isUnfinished(one)]).toEqual(["withdrawn", START, true]);
  });

  it("stays withdrawn once the store is empty", () => {
    const consent = createConsent(SCOPE, isRequired);
    revoke(consent);
    finish(consent);
    expect([consentState(consent), withdrawnAt(consent), isUnfinished(consent)]).toEqual([
      "withdrawn",
      START,
      false,
    ]);
    expect(storage).toEqual({ [KEY]: `${START} empty` });
  });

  it.each([true, false])(
    "is given again by a grant, here and elsewhere; what was clicked before stays withdrawn (emptied: %s)",
    (isEmptied) => {
      const consent = createConsent(SCOPE, isRequired);
      revoke(consent);
      if (isEmptied) finish(consent);
      later();
      grant(consent);
      expect([consentState(consent), withdrawnAt(consent), isUnfinished(consent)]).toEqual([
        "given",
        START,
        false,
      ]);
      // The next page has to be asked itself where it is required, and is told what was withdrawn.
      const next = createConsent(SCOPE, isRequired);
      expect([consentState(next), withdrawnAt(next)]).toEqual([first, START]);
    },
  );

  it("has to be given anew in the tab that has withdrawn it, though another tab has given it", () => {
    const consent = createConsent(SCOPE, isRequired);
    const other = createConsent(SCOPE, isRequired);
    revoke(consent);
    later();
    grant(other);
    expect([consentState(consent), consentState(other)]).toEqual(["unasked", "given"]);
    grant(consent);
    expect(consentState(consent)).toBe("given");
  });

  it("withdraws nothing that is clicked from the grant on, though the clock was ahead at the revocation", () => {
    const consent = createConsent(SCOPE, isRequired);
    later(365 * 86_400_000);
    revoke(consent);
    vi.setSystemTime(START);
    grant(consent);
    expect(withdrawnAt(consent)).toBe(START - 1);
  });

  it("keeps the note of a grant when the store is emptied late", () => {
    const consent = createConsent(SCOPE, isRequired);
    revoke(consent);
    later();
    grant(consent);
    finish(consent);
    expect(consentState(consent)).toBe("given");
    expect(storage).toEqual({ [KEY]: `${START} given` });
  });

  it("notes nothing when there was nothing to empty", () => {
    finish(createConsent(SCOPE, isRequired));
    expect(storage).toEqual({});
  });

  it("holds for this page where there is no localStorage", () => {
    vi.stubGlobal("localStorage", undefined);
    const consent = createConsent(SCOPE, isRequired);
    revoke(consent);
    expect([consentState(consent), withdrawnAt(consent)]).toEqual(["withdrawn", START]);
    later();
    grant(consent);
    expect(consentState(consent)).toBe("given");
  });

  it("is another scope's own matter", () => {
    revoke(createConsent(SCOPE, isRequired));
    expect(consentState(createConsent(`${SCOPE} 2`, isRequired))).toBe(first);
  });
});

describe("a browser", () => {
  const gpc = { globalPrivacyControl: true };
  const automated = { webdriver: true };
  it.each<[string, object, boolean, boolean, boolean]>([
    ["that says nothing is tracked", {}, true, true, false],
    ["with Global Privacy Control is not tracked where that is respected", gpc, true, false, true],
    ["with Global Privacy Control is tracked where it is not", gpc, false, true, false],
    ["that is automated is not tracked where that is ignored", automated, false, true, true],
    ["that is automated is tracked where it is not", automated, true, false, false],
  ])("%s", (_, browser, respectGpc, ignoreAutomation, isOut) => {
    vi.stubGlobal("navigator", browser);
    expect(!!isOptedOut({ respectGpc, ignoreAutomation } as Options)).toBe(isOut);
  });
});

describe("watching", () => {
  function watched(isRequired: boolean) {
    const page = new EventTarget();
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    const heard: string[] = [];
    const consent = createConsent(SCOPE, isRequired);
    const undo = watch(
      consent,
      () => heard.push("given"),
      () => heard.push("withdrawn"),
    );
    /** Another tab has noted this. */
    function note(word: string, key = KEY): void {
      localStorage.setItem(key, word);
      page.dispatchEvent(Object.assign(new Event("storage"), { key }));
    }
    return { heard, consent, undo, note };
  }

  it("calls back for what another tab notes of this scope, until it is undone", () => {
    const { heard, undo, note } = watched(false);
    note("1", `${KEY} 2`);
    expect(heard).toEqual([]);
    note("1");
    note("1 given");
    expect(heard).toEqual(["withdrawn", "given"]);
    undo();
    note("2");
    expect(heard).toEqual(["withdrawn", "given"]);
  });

  it("hears nothing of a grant that isn't given here: it must not drop what the other tab has clicked", () => {
    const unasked = watched(true);
    unasked.note("1 given");
    expect(unasked.heard).toEqual([]);
    const revoked = watched(false);
    revoke(revoked.consent);
    revoked.note("1 given");
    expect(revoked.heard).toEqual([]);
  });
});
