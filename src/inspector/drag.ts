// Owns moving the panel by its head with a pointer. The button that changes sides does the same for a keyboard.
import type { Actions } from "./state";

/** A press that moves less than this is none. */
const START_PX = 4;

export function drag(event: PointerEvent, { set }: Actions): void {
  const head = event.currentTarget as HTMLElement;
  const panel = head.closest<HTMLElement>(".panel");
  if (event.button || !panel || (event.target as Element).closest("button")) return;
  const { left, top } = panel.getBoundingClientRect();
  let moved = false;

  function move({ clientX, clientY }: PointerEvent): void {
    const [x, y] = [clientX - event.clientX, clientY - event.clientY];
    moved ||= Math.hypot(x, y) > START_PX;
    const side = left + x + head.clientWidth / 2 < innerWidth / 2 ? "left" : "right";
    if (moved) set({ spot: { side, at: { left: left + x, top: top + y } } });
  }
  // The pointer may leave the panel while it is pressed.
  head.setPointerCapture(event.pointerId);
  head.addEventListener("pointermove", move);
  const end = () => head.removeEventListener("pointermove", move);
  head.addEventListener("lostpointercapture", end, { once: true });
}
