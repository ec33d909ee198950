// Requests to the API. A newer request of the same caller aborts the older one.

import { filesOf, joined, site } from "./site.js";

const asking = new Map();

export class ApiError extends Error {
  constructor(status, message, errors = []) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  /** Return what is wrong with a parameter, or null. */
  about(parameter) {
    const found = this.errors.find((error) => error.parameter === parameter);
    return found ? said(found) : null;
  }
}

/** Return an error's message without its kind and the parameter's name. */
function said({ parameter, message }) {
  const text = message.replace(/^Value error, /, "").replace(`${parameter}, `, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function words(status, problem) {
  if (site) return "This is not part of these pages.";
  if (status === 401 || status === 403) return "Your Airflow session has expired. Log in again, then reload.";
  if (status === 503) return "There is no data yet. The analytics DAG publishes it.";
  if (problem?.errors?.length) return problem.errors.map(said).join(" ");
  return problem?.detail ?? `The server answered ${status}.`;
}

/** Return the answer, or null when `asker` has sent a newer request meanwhile. */
export async function ask(asker, path, params = {}) {
  asking.get(asker)?.abort();
  const controller = new AbortController();
  asking.set(asker, controller);
  const given = Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== ""),
  );
  try {
    if (site) return joined(await Promise.all(filesOf(path, given).map((file) => get(file, controller))));
    const query = new URLSearchParams(given);
    return await get(`api/v1/${path}${query.size ? `?${query}` : ""}`, controller);
  } catch (error) {
    if (controller.signal.aborted) return null;
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, "The server cannot be reached.");
  }
}

async function get(address, { signal }) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
  const isJson = site ? response.ok : /json/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json() : null;
  if (!response.ok || !body) throw new ApiError(response.status, words(response.status, body), body?.errors);
  return body;
}
