// Numbers, dates and names as people read them.

const whole = new Intl.NumberFormat("en-US");
const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
const day = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
});

export const count = (value) => whole.format(value);
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;
export const percent = (share, digits = 1) =>
  share === null ? "–" : `${(100 * share).toFixed(digits)} %`;
export const signed = (value, digits = 1) =>
  value === null ? "–" : `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;
export const growth = (value) => (value === null ? "–" : `${signed(value)} %`);
export const monthName = (key) => month.format(new Date(`${key}-01T00:00:00Z`));
export const dayName = (key) => day.format(new Date(`${key.slice(0, 10)}T00:00:00Z`));

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

export function age(hours) {
  if (hours === null) return "never";
  if (hours < 1) return "less than an hour ago";
  if (hours < 48) return `${plural(Math.round(hours), "hour")} ago`;
  return `${plural(Math.round(hours / 24), "day")} ago`;
}

const NAMES = {
  any: "Unspecified", frontend: "Frontend", backend: "Backend", fullstack: "Full-stack",
  entry: "Entry", junior_mid: "Junior to mid", senior_excluded: "Senior",
  remote: "Remote", hybrid: "Hybrid", onsite: "On site", mixed: "Remote or on site",
  unspecified: "Unspecified",
};
export const label = (value) => NAMES[value] ?? value;
