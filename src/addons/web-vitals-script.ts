// The script tag of the add-on web vitals.

import { register } from "./register";
import { webVitals } from "./web-vitals";

register(webVitals());
