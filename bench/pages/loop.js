// Calibration: keeps the main thread busy for 200 µs a click, so that the meter can be checked against a known length.
import { onResultClick } from "./common.js";

onResultClick(() => {
  const end = performance.now() + 0.2;
  while (performance.now() < end);
});
