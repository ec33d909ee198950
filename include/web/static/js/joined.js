// The names of a company, and the evidence that made them one.

import { Card } from "./card.js";
import { h } from "./dom.js";
import { count, monthName, plural } from "./format.js";
import { idName } from "./names.js";

const REASONS = {
  domain: "own domain", board: "its board", author: "same author, same name",
  name: "the name alone: only one company has it", override: "companies.csv",
};
const card = new Card("names");

/** Show the names once the promise `answer` of /company is there. */
export const loadNames = (answer) => card.fill(() => answer, show);

function show({ data: [company] }) {
  const { names, postings } = company;
  card.say(`${plural(names.length, "name")} in ${plural(postings, "posting")}${company.sources.length ? `, from ${company.sources.map((source) => idName("sources", source)).join(", ")}` : ""}`);
  if (!names.length) return card.empty("Not resolved", "Its name has no letter, or the warehouse was built before names were published: the next run of the DAG analytics does it.");
  const columns = ["name", "postings", "first posting", "last posting", "joined by", "postings so joined", "links"];
  const rows = names.flatMap((name) => name.joined.map((one) => [name.name, name.postings, name.first_month, name.last_month, one.by, one.postings, one.links.join(", ")]));
  card.show({ columns, rows }, {}, table(names), links(company));
}

const HEAD = ["Name", "Joined by", "Postings", "First", "Last"];

const table = (names) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Names that were joined" }, h("table", { class: "compact joined" },
  h("thead", {}, h("tr", {}, HEAD.map((name, i) => h("th", { scope: "col", class: i === 2 ? "number" : "" }, name)))),
  h("tbody", {}, names.map((name) => h("tr", {},
    h("th", { scope: "row" }, name.name), h("td", {}, h("ul", {}, name.joined.map(reason))), h("td", { class: "number" }, count(name.postings)),
    h("td", {}, monthName(name.first_month)), h("td", {}, monthName(name.last_month)))))));

const reason = ({ by, postings, links }) => h("li", {}, REASONS[by], links.length ? `: ${links.join(", ")}` : "", h("span", { class: "muted" }, ` (${plural(postings, "posting")})`));

function links({ domains, boards }) {
  const known = boards.map(({ board, is_read: isRead }) => `${board}${isRead ? " (read)" : ""}`);
  const parts = [domains.length ? `Domains: ${domains.join(", ")}.` : "No domain of its own.", known.length ? `Boards: ${known.join(", ")}.` : "No board."];
  return h("p", { class: "note" }, parts.join(" "));
}
