// Segment's analytics-next: track, with its CDN settings inlined so that it asks nothing but the collector.
import { AnalyticsBrowser } from "@segment/analytics-next";
import { collector, onResultClick } from "./common.js";

const { host, protocol } = new URL(collector);
const analytics = AnalyticsBrowser.load({
  writeKey: "bench",
  cdnSettings: {
    integrations: {
      "Segment.io": { apiKey: "bench", apiHost: `${host}/v1`, protocol: protocol.slice(0, -1) },
    },
  },
});

onResultClick(({ requestId, chunkId, position }) => {
  analytics.track("result click", { request_id: requestId, chunk_id: chunkId, position });
});
