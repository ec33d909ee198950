// The page as static files: which filters and views were written, and the files of their answers.
// On the live page `site` is null, and everything is offered.

const known = document.getElementById("site");
export const site = known && JSON.parse(known.textContent);

let chosen = site?.choices[0];

/** Choose the written filter that equals `filter`; return whether there is one, else the first. */
export function choose(filter, defaults) {
  const found = choiceOf(filter, defaults);
  chosen = found ?? site.choices[0];
  return Boolean(found);
}

const choiceOf = (filter, defaults) => site.choices.find((choice) =>
  Object.entries({ ...defaults, ...choice.filter }).every(([name, value]) => filter[name] === value));

/** Return the filter that is chosen, as values that differ from the defaults. */
export const chosenFilter = () => chosen.filter;
export const chosenQuery = () => chosen.query;
export const hasFilter = (filter, defaults) => !site || Boolean(choiceOf(filter, defaults));
export const hasMonths = (months) => !site || chosen.months.includes(months);
export const hasTechnology = (id) => !site || chosen.technologies.includes(id);
export const hasPlace = (id) => !site || id === "world" || chosen.places.includes(id);

const SIZES = ["top", "limit"]; // a file has as many rows as were written
const safe = (text) => String(text).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

/** Return the address of an answer's file: `Question.file` of include/web/site/questions.py. */
function fileOf(path, params) {
  const named = Object.entries(params).filter(([name]) => !SIZES.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${safe(name)}_${safe(value)}`);
  return `data/${path}/${named.join(".") || "all"}.json`;
}

/** Return the addresses of a question's files: several technologies are in one file each. */
export function filesOf(path, params) {
  if (path !== "trends" || !params.tech_ids) return [fileOf(path, params)];
  return params.tech_ids.split(",").map((id) => fileOf(path, { ...params, tech_ids: id }));
}

/** Return the answers of several files as one. */
export const joined = ([first, ...others]) => others.reduce((all, { data, meta }) => ({
  data: [...all.data, ...data], meta: { ...all.meta, change: { ...all.meta.change, ...meta.change } },
}), first);

/** Return a summary whose ages have grown by the time since it was written. */
export function aged(summary) {
  const hours = Math.max(0, Date.now() - Date.parse(site.published_at)) / 3_600_000;
  const grown = (value, by) => (value === null ? null : value + by);
  return {
    ...summary,
    sources: summary.sources.map((source) => ({
      ...source, age_hours: grown(source.age_hours, hours),
      newest_posting_age_days: grown(source.newest_posting_age_days, Math.floor(hours / 24)),
    })),
  };
}
