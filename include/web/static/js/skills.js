// The skills that companies ask for.

import { ask } from "./api.js";
import { bars } from "./bars.js";
import { Card } from "./card.js";
import { count } from "./format.js";
import { question } from "./state.js";

const ASKED = 25;
const FIRST = 18;
const card = new Card("skills");

/** Request the answer once for this card, the tiles and the filter bar. */
export function insights() {
  return ask("insights", "insights", question({ top: ASKED }));
}

export function loadSkills(follow, answer) {
  return card.fill(() => answer, (found) => show(found, follow));
}

function show({ skills, counted, enough, nearest }, follow) {
  if (card.lacks({ counted, enough: skills.length ? enough : "none", nearest })) return;
  const columns = ["skill", "companies", "share of companies", "low (95 %)", "high (95 %)", "postings"];
  const rows = skills.map((skill) => [skill.name, skill.companies, skill.share, skill.low, skill.high, skill.count]);
  card.show({ columns, rows }, { isGrey: enough === "grey" }, bars(skills.map((skill) => ({
    ...skill, joined: skill.about_equal_to_next, note: count(skill.companies),
    title: `Show the trend of ${skill.name}`, act: () => follow(skill.name),
  })), { share: "of companies", note: "companies", first: FIRST }));
}
