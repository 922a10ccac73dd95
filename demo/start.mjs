// Owns `npm run demo`: starts the site and, unless a real Trieve is named, its stand-in; says where they are.
import { existsSync } from "node:fs";
import { startApi } from "./api.mjs";
import { DATASET, KEYS } from "./contract.mjs";
import { freePort } from "./ports.mjs";
import { startSite } from "./site.mjs";

const SITE_PORT = 8080;
const API_PORT = 8090;
const { TRIEVE_API_URL, TRIEVE_DATASET, TRIEVE_API_KEY, TRIEVE_ORGANIZATION } = process.env;

function tell(line = "") {
  process.stdout.write(`${line}\n`);
}

async function portFor(what, wanted) {
  const port = await freePort(wanted);
  if (port !== wanted) tell(`Port ${wanted} is taken: ${what} goes to ${port}.`);
  return port;
}

/** @returns {Promise<import("./site.mjs").ApiAddress>} */
async function chooseApi() {
  const named = [TRIEVE_API_URL, TRIEVE_DATASET, TRIEVE_API_KEY].filter(Boolean).length;
  if (named === 3) {
    return {
      url: TRIEVE_API_URL.replace(/\/+$/, ""),
      dataset: TRIEVE_DATASET,
      apiKey: TRIEVE_API_KEY,
      ...(TRIEVE_ORGANIZATION && { organization: TRIEVE_ORGANIZATION }),
      standIn: false,
    };
  }
  if (named)
    tell("For a real Trieve set TRIEVE_API_URL, TRIEVE_DATASET and TRIEVE_API_KEY; using the stand-in.");
  const api = await startApi({ port: await portFor("the stand-in for Trieve", API_PORT) });
  return { url: api.url, standIn: true };
}

if (!existsSync(new URL("../dist/clicktrail.js", import.meta.url))) {
  tell("dist/clicktrail.js is not there: run `npm run build` first, or no click will be reported.");
}
const api = await chooseApi();
const site = await startSite({ api, port: await portFor("the site", SITE_PORT) });
tell();
tell(`  Search page           ${site.url}`);
tell(`  ${api.standIn ? "Stand-in for Trieve" : "Trieve             "}   ${api.url}`);
tell();
tell("  Open the search page, click results, and watch the panel. Stop with Ctrl+C.");
if (api.standIn) {
  tell();
  tell("  A page of your own reports to the stand-in with these attributes on its script tag:");
  tell(`  data-endpoint="${api.url}/api/analytics/ctr"`);
  tell(`  data-dataset="${DATASET.id}" data-api-key="${KEYS.page}"`);
  tell();
  tell("  Its search gives your page a response with a request id and chunks:");
  tell(`  curl ${api.url}/api/chunk/search -H "TR-Dataset: ${DATASET.id}" \\`);
  tell(`    -H "Authorization: ${KEYS.page}" -H "Content-Type: application/json" \\`);
  tell(`    -d '{ "query": "popover", "search_type": "fulltext" }'`);
}
