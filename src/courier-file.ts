// Owns how a page reaches the courier's file: by its address on the page's own origin, by its text from another.
import type { CourierFile } from "./page/reach";

/** The hash of the courier's file; the build fills it in. */
declare const __COURIER_HASH__: string;

interface Policy {
  createScriptURL(url: string): string;
}
declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy } | undefined;

/** Browsers with Trusted Types let a policy of this name say which scripts are started. */
let policy: Policy | undefined;

function trusted(url: string): string {
  if (typeof trustedTypes === "undefined") return url;
  policy ??= trustedTypes.createPolicy("clicktrail", { createScriptURL: (address) => address });
  return policy.createScriptURL(url);
}

/** Where the file of this name is that stands beside a script. A page may have put something of its own in the place of `URL`. */
export function beside(script: string | undefined, name: string): string {
  return new Request(`${script ?? ""}`.replace(/[^/?#]*([?#].*)?$/, name)).url;
}

/** `named`: where the option `courier` says that the file is. `script`: the address of the script that it stands beside otherwise. */
export function courierFile(named: string | undefined, script?: string): CourierFile {
  const address = () => (named ? new Request(named).url : beside(script, "clicktrail.courier.js"));
  const isOwn = () => address().startsWith(`${location.origin}/`);
  const reach = async () => (isOwn() ? address() : blobOf(address()));
  return {
    service: () => (named && isOwn() ? trusted(address()) : undefined),
    worker: async (read) =>
      new SharedWorker(trusted(await reach()), {
        name: `${+Date.now()}${Math.random()}`,
        get extendedLifetime() {
          return read();
        },
      } as WorkerOptions),
    load: () => reach().then((script) => import(/* webpackIgnore: true */ /* @vite-ignore */ `${script}`)),
  };
}

/** A worker has to be of the page's own origin, and no module is loaded with a hash: its text is fetched with the hash. */
async function blobOf(address: string): Promise<string> {
  const response = await fetch(address, {
    integrity: __COURIER_HASH__,
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  return URL.createObjectURL(new Blob([await response.text()], { type: "text/javascript" }));
}
