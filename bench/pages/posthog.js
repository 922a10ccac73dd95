// PostHog: a custom event sent at once; what a result click does not need (autocapture, recordings, flags) is off.
import posthog from "posthog-js";
import { collector, onResultClick } from "./common.js";

posthog.init("phc_bench", {
  api_host: collector,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  disable_session_recording: true,
  disable_surveys: true,
  advanced_disable_flags: true,
  opt_out_useragent_filter: true, // it takes a headless browser for a bot otherwise
});

onResultClick(({ requestId, chunkId, position }) => {
  posthog.capture(
    "result click",
    { request_id: requestId, chunk_id: chunkId, position },
    { send_instantly: true },
  );
});
