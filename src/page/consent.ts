// Owns whether clicks may be kept and sent, in every tab of the origin and on later visits. Keeps a time and a word, no click.
import type { Options } from "../options";
import { attempt } from "../report";

export interface Consent {
  /** The name of the note that all tabs of the origin read: the epoch ms of the last withdrawal, and what came of it. */
  readonly key: string;
  /** Given in this tab. */
  isGranted: boolean;
  /** The last withdrawal is another tab's. */
  isHeard: boolean;
  /** The note of this page, where there is no localStorage. */
  note: string;
}

/** Whether options and browser together say that nothing is tracked here. */
export function isOptedOut({ respectGpc, ignoreAutomation }: Options): unknown {
  const { globalPrivacyControl, webdriver } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return (respectGpc && globalPrivacyControl) || (ignoreAutomation && webdriver);
}

const GIVEN = " given";
const EMPTY = " empty";

export function createConsent(scope: string, isRequired: boolean): Consent {
  return { key: `consent ${scope}`, isGranted: !isRequired, isHeard: false, note: "" };
}

const noteOf = ({ key, note }: Consent) => attempt(() => localStorage.getItem(key)) ?? note;

function keep(consent: Consent, note: string): void {
  consent.note = note;
  attempt(() => localStorage.setItem(consent.key, note));
}

function isWithdrawn(consent: Consent): boolean {
  const note = noteOf(consent);
  return !!note && !note.endsWith(GIVEN);
}

/** Epoch ms: withdrawn for what was clicked until then; 0: never. */
export function withdrawnAt(consent: Consent): number {
  return Number.parseInt(noteOf(consent), 10) || 0;
}

/** Whether clicks may be kept and sent now. `unasked`: they wait in memory for an answer. */
export function consentState(consent: Consent): "given" | "unasked" | "withdrawn" {
  return isWithdrawn(consent) ? "withdrawn" : consent.isGranted ? "given" : "unasked";
}

/** Withdrawn, and the store is not known to be empty since. */
export function isUnfinished(consent: Consent): boolean {
  return /^\d+$/.test(noteOf(consent));
}

export function grant(consent: Consent): void {
  consent.isGranted = true;
  // A clock that was ahead at the revocation must not withdraw what is clicked from now on.
  if (isWithdrawn(consent)) keep(consent, Math.min(withdrawnAt(consent), Date.now() - 1) + GIVEN);
}

export function revoke(consent: Consent): void {
  consent.isGranted = consent.isHeard = false;
  keep(consent, `${+Date.now()}`);
}

/** The store is empty. Noted by the tab that has revoked, or a later one: others may not know yet of a grant since. */
export function finish(consent: Consent): void {
  if (!consent.isHeard && isWithdrawn(consent)) keep(consent, withdrawnAt(consent) + EMPTY);
}

/** Calls back when another tab has granted, where that is given here too, or has revoked; returns the undo. */
export function watch(consent: Consent, given: () => void, withdrawn: () => void): () => void {
  const listener = ({ key }: StorageEvent) => {
    if (key !== consent.key) return;
    consent.isHeard = isWithdrawn(consent);
    if (consent.isHeard) withdrawn();
    // A grant that isn't given here leaves alone what that tab has clicked.
    else if (consent.isGranted) given();
  };
  addEventListener("storage", listener);
  return () => removeEventListener("storage", listener);
}
