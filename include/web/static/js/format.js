// Numbers, dates and names as people read them.

const whole = new Intl.NumberFormat("en-US");
const month = new Intl.DateTimeFormat("en-US", { month: "short", year: "numeric", timeZone: "UTC" });

export const count = (value) => whole.format(value);
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
export const percent = (share, digits = 1) =>
  share === null || share === undefined ? "–" : `${(100 * share).toFixed(digits)} %`;
export const signed = (value, digits = 1) =>
  value === null ? "–" : `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;
/** Return a share with its 95 % interval. */
export const interval = (low, high, digits = 0) =>
  low === null || low === undefined ? "" : `${(100 * low).toFixed(digits)} to ${(100 * high).toFixed(digits)} %`;
/** Return the 95 % interval of a change, in points. */
export const pointsInterval = (low, high) => `${signed(low)} to ${signed(high)}`;
export const monthName = (key) => month.format(new Date(`${key}-01T00:00:00Z`));
export const dayName = (key) => `${Number(key.slice(8, 10))} ${monthName(key.slice(0, 7))}`;

export function money(value, currency) {
  if (value === null) return "–";
  try {
    return new Intl.NumberFormat("en-US", {
      style: "currency", currency, maximumFractionDigits: 0,
    }).format(value);
  } catch {
    return `${count(Math.round(value))} ${currency}`; // not a currency that the browser knows
  }
}

/** Return the pay of a posting or a job as people say it; empty where none is stated. */
export function pay({ salary_min: low, salary_max: high, salary_currency: currency, salary_period: period }) {
  const ends = [...new Set([low, high].filter((value) => value !== null))];
  if (!ends.length) return "";
  const range = ends.map((value) => money(value, currency ?? "")).join(" – ");
  return period ? `${range} a ${period}` : range;
}

export function age(hours) {
  if (hours === null) return "never";
  if (hours < 1) return "less than an hour ago";
  if (hours < 48) return `${plural(Math.round(hours), "hour")} ago`;
  return `${plural(Math.round(hours / 24), "day")} ago`;
}


/** Return an age in days as people say it. */
export function dayAge(days) {
  if (days === null || days === undefined) return "no date";
  if (days <= 0) return "today";
  if (days < 60) return `${plural(days, "day")} old`;
  return `${plural(Math.round(days / 30.44), "month")} old`;
}

const NAMES = {
  any: "Any", backend: "Backend", frontend: "Frontend", fullstack: "Full-stack", mobile: "Mobile", data: "Data",
  ml: "Machine learning", devops: "DevOps, SRE", security: "Security", embedded: "Embedded", qa: "QA, test",
  design: "Design", product: "Product", management: "Management", research: "Research", sales: "Sales",
  other: "Other", software: "Software (general)",
  intern: "Intern", entry: "Entry", mid: "Mid", senior: "Senior", staff: "Staff, principal", manager: "Manager",
  junior_mid: "Junior to mid", senior_excluded: "Senior",
  remote: "Remote", hybrid: "Hybrid", onsite: "On site", mixed: "Remote or on site", unspecified: "Not stated",
  engineering: "Engineering", "go-to-market": "Go-to-market", operations: "Operations",
};
export const label = (value) => NAMES[value] ?? value;

const REGIONS = new Intl.DisplayNames("en", { type: "region" });
export function countryName(code) {
  try {
    return REGIONS.of(code);
  } catch {
    return code; // not a code of ISO 3166-1
  }
}
