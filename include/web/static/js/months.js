// Months as keys, "2026-07", and the span of the charts over time.

import { state } from "./state.js";

const number = (key) => Number(key.slice(0, 4)) * 12 + Number(key.slice(5, 7)) - 1;
const key = (n) => `${String(Math.floor(n / 12)).padStart(4, "0")}-${String((n % 12) + 1).padStart(2, "0")}`;

/** Return the month so many months before one. */
export const before = (month, months) => key(number(month) - months);

/** Return the months from first to last, the newest first. */
export const months = (first, last) => Array.from({ length: number(last) - number(first) + 1 }, (_, back) => key(number(last) - back));

/** Return the first and last month of the charts over time; a company's begin with its first. */
export function span(summary) {
  const wanted = Number(state.months) || Infinity;
  const first = Math.max(number(document.body.dataset.firstMonth ?? summary.first_month), number(summary.last_month) - wanted + 1);
  return [state.start_date || key(first), state.end_date || summary.last_month];
}
