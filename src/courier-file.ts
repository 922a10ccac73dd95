// Owns how a page reaches the courier's file: by its address on the page's own origin, by its text from another.
import type { CourierFile } from "./page/hand";
import { ofDocument } from "./page/step";

/** The hash of the courier's file; the build fills it in. */
declare const __COURIER_HASH__: string;

interface Policy {
  createScriptURL(url: string): string;
}
declare const trustedTypes: { createPolicy(name: string, rules: Policy): Policy } | undefined;

/** Browsers with Trusted Types let a policy of this name say which scripts are started. */
let policy: Policy | undefined;

function trusted(url: URL | string): string {
  if (typeof trustedTypes === "undefined") return `${url}`;
  policy ??= trustedTypes.createPolicy("clicktrail", { createScriptURL: (address) => address });
  return policy.createScriptURL(`${url}`);
}

/** `named`: where the option `courier` says that the file is. `beside` the script it is otherwise. */
export function courierFile(named: string | undefined, beside: () => URL): CourierFile {
  const address = () => (named ? new URL(named, ofDocument("baseURI")) : beside());
  const isOwn = () => address().origin === location.origin;
  const reach = async () => (isOwn() ? address() : blobOf(address()));
  return {
    service: () => (named && isOwn() ? trusted(address()) : undefined),
    worker: async (read) =>
      new SharedWorker(trusted(await reach()), {
        name: `${Math.random()}`,
        get extendedLifetime() {
          return read();
        },
      } as WorkerOptions),
    load: () => reach().then((script) => import(`${script}`)),
  };
}

/** A worker has to be of the page's own origin, and no module is loaded with a hash: its text is fetched with the hash. */
async function blobOf(address: URL): Promise<string> {
  const response = await fetch(address, {
    integrity: __COURIER_HASH__,
    credentials: "omit",
    referrerPolicy: "no-referrer",
  });
  return URL.createObjectURL(new Blob([await response.text()], { type: "text/javascript" }));
}
