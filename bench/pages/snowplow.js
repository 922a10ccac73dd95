// Snowplow's browser tracker: a self-describing event, which it queues in localStorage and posts.
import { newTracker, trackSelfDescribingEvent } from "@snowplow/browser-tracker";
import { collector, onResultClick } from "./common.js";

newTracker("bench", collector, { appId: "bench", keepalive: true });

onResultClick(({ requestId, chunkId, position }) => {
  trackSelfDescribingEvent({
    event: {
      schema: "iglu:example/result_click/jsonschema/1-0-0",
      data: { request_id: requestId, chunk_id: chunkId, position },
    },
  });
});
