// The optional inline stub: keeps calls and clicks made before the script has loaded. Built to a snippet of its own.
import type { EarlyClick } from "./page/click";
import type { Shot } from "./page/dom";

type Call = [name: string, args: unknown[], done?: (result?: unknown) => void];
type Stub = Record<string, unknown> & {
  q?: Call[];
  /** Set by the script. */
  go?: () => Record<string, (...args: unknown[]) => unknown>;
};
const page = window as unknown as { clicktrail?: Stub };

// An element's id or a frame's name may be this name, too: those have nothing of their own, and another site's frame lets nobody ask.
const before = { ...page.clicktrail };
if (!Array.isArray(before.q)) {
  const q: Call[] = [];
  const stub: Stub = { ...before, q };
  page.clicktrail = stub;

  function keep(...call: Call): void {
    if (q.length < 50) q.push(call);
    else call[2]?.();
  }

  const names = [
    "trackClick grantConsent consented courier destroy capture",
    "on use",
    // Also what is taken apart at once: a promise has none of its parts.
    "tagResults stats revokeConsent inspect flush",
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
  const TAGS = "[data-ctr-chunk-id],[data-ctr-chunk-tracking-id]";

  for (const type of ["click", "auxclick"])
    addEventListener(
      type,
      (event) => {
        if (stub.go) return;
        const whole = event.composedPath();
        const path = whole.slice(0, -1).filter((node) => read(node, "nodeType") < 2) as Element[];
        const top: Shot = ["", {}, []];
        const shots = new Map<unknown, Shot>([document, null, undefined].map((none) => [none, top]));

        /** An element's shot, among the children of what is around it in the flat tree. */
        const shoot = (node: unknown): Shot => {
          const known = shots.get(node);
          if (known) return known;
          if ((read(node, "nodeType") as number) > 1) return shoot((node as ShadowRoot).host);
          const attributes: Record<string, string> = {};
          for (const name of prototype.getAttributeNames.call(node))
            attributes[name] = prototype.getAttribute.call(node, name) as string;
          const shot: Shot = [read(node, "localName"), attributes, []];
          shots.set(node, shot);
          shoot(read(node, "assignedSlot") ?? read(node, "parentNode"))[2].push(shot);
          return shot;
        };

        /** Shoots an element, and of what is shown inside what the selector finds. */
        const search = (node: Element, selector: string): void => {
          for (const found of [node, ...prototype.querySelectorAll.call(node, selector)]) {
            shoot(found);
            const { assignedElements } = found as Partial<HTMLSlotElement>;
            for (const shown of read(found, "shadowRoot")?.children ?? assignedElements?.call(found) ?? [])
              search(shown, selector);
          }
        };

        const last = (selector: string) =>
          path.filter((node) => prototype.matches.call(node, selector)).pop() as Element;
        const result = last(TAGS);
        if (result) {
          // What has a shadow root on the path may have more of its kind beside it.
          const hosts = path.filter((node) => read(node, "shadowRoot"));
          const kinds = hosts.map((host) => `slot,${CSS.escape(read(host, "localName"))}`);
          // The rank is taken in the list, or in the page where each result carries the request.
          const list = last(`[data-ctr-request-id]:not(${TAGS})`) ?? last("*");
          search(list, `${[TAGS, ...kinds]}`);
          search(result, "*");
        }
        const { button, detail, timeStamp } = event as MouseEvent;
        const click: EarlyClick = {
          type: "click",
          button,
          detail,
          at: performance.timeOrigin + timeStamp,
          path: path.map(shoot),
          live: whole.map((node) => new WeakRef(node)),
        };
        keep("capture", [click]);
      },
      true,
    );
}
