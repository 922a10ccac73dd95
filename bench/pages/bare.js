// The bare keepalive PUT: what one writes by hand, with no queue and no second try.
import { onResultClick, payloadOf, put } from "./common.js";

onResultClick((click) => {
  put(payloadOf(click)).catch(() => {});
});
