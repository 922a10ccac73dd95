// clicktrail as an npm user's bundler ships it.
import { init, tagResults } from "../../dist/index.js";
import { apiKey, dataset, endpoint } from "./common.js";

init({ dataset, apiKey, endpoint });
window.tagResults = tagResults;
