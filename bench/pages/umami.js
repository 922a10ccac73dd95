// Umami's tracker script (its source file, as its own build minifies it): umami.track with data.
import "umami-tracker";
import { onResultClick } from "./common.js";

onResultClick(({ requestId, chunkId, position }) => {
  window.umami.track("click", { request_id: requestId, chunk_id: chunkId, position });
});
