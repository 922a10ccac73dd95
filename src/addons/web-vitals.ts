// Owns the page's web vitals as of a click. The only file that knows the package.
import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Extra } from "../index";

/**
 * Starts measuring; puts what is known at a click under `clicktrail.web_vitals`: LCP, INP, FCP and TTFB in ms, CLS as a score.
 *
 * @example tracker.use(webVitals());
 */
export function webVitals(): Extra {
  const web_vitals: Record<string, number> = {};
  const keep = ({ name, value }: MetricType) => {
    web_vitals[name] = Math.round(value * 1000) / 1000;
  };
  for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB]) measure(keep, { reportAllChanges: true });
  return () => ({ web_vitals: { ...web_vitals } });
}
