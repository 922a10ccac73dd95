// Owns whether clicks may be kept and sent, in every tab of the origin and on later visits. Keeps a time and a word, no click.
import type { Options } from "../options";
import { attempt } from "../report";

export interface Consent {
  /** Whether clicks may be kept and sent now. `unasked`: they wait in memory for an answer. */
  state(): "given" | "unasked" | "withdrawn";
  /** Epoch ms: withdrawn for what was clicked until then; 0: never. */
  withdrawnAt(): number;
  /** Withdrawn, and the store is not known to be empty since. */
  isUnfinished(): boolean;
  grant(): void;
  revoke(): void;
  /** The store is empty. Noted by the tab that has revoked, or a later one: others may not know yet of a grant since. */
  finish(): void;
  /** Calls back when another tab has granted, where that is given here too, or has revoked; returns the undo. */
  watch(given: () => void, withdrawn: () => void): () => void;
}

/** Whether options and browser together say that nothing is tracked here. */
export function isOptedOut({ respectGpc, ignoreAutomation }: Options): unknown {
  const { globalPrivacyControl, webdriver } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return (respectGpc && globalPrivacyControl) || (ignoreAutomation && webdriver);
}

const GIVEN = " given";
const EMPTY = " empty";

export function createConsent(scope: string, isRequired: boolean): Consent {
  const key = `consent ${scope}`;
  let granted = !isRequired;
  /** Where there is no localStorage it holds for this page. */
  let kept = "";
  /** The withdrawal is another tab's. */
  let isHeard = false;

  const noted = () => attempt(() => localStorage.getItem(key)) ?? kept;
  const isRevoked = (so: string) => !!so && !so.endsWith(GIVEN);
  const keep = (word: string) => {
    kept = word;
    attempt(() => localStorage.setItem(key, word));
  };

  return {
    state: () => (isRevoked(noted()) ? "withdrawn" : granted ? "given" : "unasked"),
    withdrawnAt: () => Number.parseInt(noted(), 10) || 0,
    isUnfinished: () => /^\d+$/.test(noted()),
    grant() {
      granted = true;
      const so = noted();
      // A clock that was ahead at the revocation must not withdraw what is clicked from now on.
      if (isRevoked(so)) keep(Math.min(Number.parseInt(so, 10), Date.now() - 1) + GIVEN);
    },
    revoke() {
      granted = false;
      isHeard = false;
      keep(`${+Date.now()}`);
    },
    finish() {
      if (!isHeard && isRevoked(noted())) keep(Number.parseInt(noted(), 10) + EMPTY);
    },
    watch(given, withdrawn) {
      const listener = (event: StorageEvent) => {
        if (event.key !== key) return;
        isHeard = isRevoked(noted());
        if (isHeard) withdrawn();
        // A grant that isn't given here leaves alone what that tab has clicked.
        else if (granted) given();
      };
      addEventListener("storage", listener);
      return () => removeEventListener("storage", listener);
    },
  };
}
