// Reads the page's INP and long tasks with the web-vitals library, for the comparison with and without a system.
import { onINP } from "web-vitals";

const vitals = { inp: 0, longTasks: 0 };
onINP(({ value }) => (vitals.inp = value), { reportAllChanges: true });
new PerformanceObserver((list) => (vitals.longTasks += list.getEntries().length)).observe({
  type: "longtask",
});
window.vitals = vitals;
