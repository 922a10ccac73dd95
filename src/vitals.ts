// Owns the page's web vitals as of now. The only file that knows the package.
import { type MetricType, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";

/** Starts measuring; the function returned gives what is known so far, by name, in ms (CLS: a score). */
export function measureVitals(): () => { web_vitals: Record<string, number> } {
  const web_vitals: Record<string, number> = {};
  const keep = ({ name, value }: MetricType) => {
    web_vitals[name] = Math.round(value * 1000) / 1000;
  };
  for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB]) measure(keep, { reportAllChanges: true });
  return () => ({ web_vitals: { ...web_vitals } });
}
