// Coveo's relay: the itemClick event.
import { createRelay } from "@coveo/relay";
import { apiKey, collector, onResultClick } from "./common.js";

const relay = createRelay({ url: collector, token: apiKey, trackingId: "bench" });

onResultClick(({ requestId, chunkId, position }) => {
  relay.emit("itemClick", {
    responseId: requestId,
    position,
    itemMetadata: { uniqueFieldName: "permanentid", uniqueFieldValue: chunkId, title: "Result" },
  });
});
