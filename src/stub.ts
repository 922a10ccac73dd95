// The optional inline stub: keeps calls and clicks made before the script has loaded. Built to a snippet of its own.
import type { EarlyClick } from "./page/capture";
import type { Shot } from "./page/step";

type Call = [name: string, args: unknown[], done?: (result?: unknown) => void];
type Stub = Record<string, unknown> & {
  q?: Call[];
  /** Set by the script. */
  go?: () => Record<string, (...args: unknown[]) => unknown>;
};
const page = window as unknown as { clicktrail?: Stub };

// An element with this id has the name, too.
if (!page.clicktrail?.q?.push) {
  const q: Call[] = [];
  const stub: Stub = { ...page.clicktrail, q };
  page.clicktrail = stub;

  function keep(...call: Call): void {
    if (q.length < 50) q.push(call);
    else call[2]?.();
  }

  const names = [
    "trackClick grantConsent consented courier tagResults destroy capture",
    "on use",
    "stats revokeConsent inspect flush",
  ];
  names.forEach((group, kind) => {
    for (const name of group.split(" "))
      stub[name] = (...args: unknown[]) => {
        // Whoever has taken the method from the stub calls the script's from now on.
        if (stub.go) return stub.go()[name]?.(...args);
        const made = new Promise<unknown>((done) => keep(name, args, done));
        const undo = () => {
          args.fill(() => {});
          made.then((real) => (real as (() => void) | undefined)?.());
        };
        return [undefined, undo, made][kind];
      };
  });

  const { prototype } = Element;
  const read = (node: unknown, name: string) => Reflect.get(prototype, name, node as Node);
  const elements = (nodes: Iterable<unknown>) =>
    [...nodes].filter((node) => (read(node, "nodeType") as number) < 2);
  const has = (selector: string) => (node: unknown) => prototype.matches.call(node, selector);
  const isTagged = has("[data-ctr-chunk-id],[data-ctr-chunk-tracking-id]");

  for (const type of ["click", "auxclick"])
    addEventListener(
      type,
      (event) => {
        if (stub.go) return;
        const whole = event.composedPath();
        const path = elements(whole.slice(0, -1));
        const shots = new Map<unknown, Shot>();
        /** With all that is shown inside. */
        const shoot = (node: unknown, isDeep: unknown): Shot => {
          const attributes: Record<string, string> = {};
          for (const name of prototype.getAttributeNames.call(node))
            attributes[name] = prototype.getAttribute.call(node, name) as string;
          const slotted = (node as Partial<HTMLSlotElement>).assignedNodes?.();
          const inside = slotted?.[0] ? slotted : read(read(node, "shadowRoot") ?? node, "childNodes");
          const shot: Shot = [
            read(node, "localName"),
            attributes,
            // Of other results the tags alone: a list may have thousands.
            elements(isDeep ? inside : "").map((child) =>
              shoot(child, path.includes(child) || !isTagged(child)),
            ),
          ];
          shots.set(node, shot);
          return shot;
        };
        // The rank is taken in the list, or in the page where each result carries the request.
        const list = path.filter(has("[data-ctr-request-id]")).pop();
        if (list) shoot(isTagged(list) ? path.slice(-1)[0] : list, 1);
        const { button, detail, timeStamp } = event as MouseEvent;
        const click: EarlyClick = {
          type: "click",
          button,
          detail,
          at: performance.timeOrigin + timeStamp,
          path: path.map((node) => shots.get(node) ?? shoot(node, 0)),
          live: whole.map((node) => new WeakRef(node)),
        };
        keep("capture", [click]);
      },
      true,
    );
}
