// Owns who may call what in the stand-in: the dataset headers and the key, in the order Trieve checks them. Knows no bodies.
import { DATASET, SCOPES } from "./contract.mjs";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A response that ends the request. */
export function refusal(statusCode, message) {
  return Object.assign(new Error(message), { statusCode });
}

function checkDataset(headers) {
  const dataset = headers["tr-dataset"];
  if (!dataset) throw refusal(400, "The TR-Dataset header is missing");
  if (UUID.test(dataset)) {
    if (dataset.toLowerCase() !== DATASET.id) throw refusal(404, `There is no dataset ${dataset}`);
    return;
  }
  const organization = headers["tr-organization"];
  if (!organization) {
    throw refusal(400, "Using Dataset Tracking IDs requires providing the TR-Organization header");
  }
  if (!UUID.test(organization)) throw refusal(400, "The TR-Organization header must be a UUID");
  if (dataset !== DATASET.trackingId || organization.toLowerCase() !== DATASET.organization) {
    throw refusal(404, `There is no dataset ${dataset} in organization ${organization}`);
  }
}

function checkKey(headers, route) {
  const key = headers.authorization?.replace(/^Bearer\s+/i, "");
  const scopes = key && SCOPES.get(key);
  if (!scopes) throw refusal(401, key ? "This API key is not known" : "The Authorization header is missing");
  if (!scopes.includes(route)) throw refusal(403, `This API key may not call ${route}`);
}

/** Fastify hook of every API route. */
export async function authorize(request) {
  checkDataset(request.headers);
  checkKey(request.headers, `${request.method} ${request.routeOptions.url}`);
}
