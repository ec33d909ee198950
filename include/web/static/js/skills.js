// The skills that companies ask for.

import { ask } from "./api.js";
import { bars } from "./bars.js";
import { Card } from "./card.js";
import { count } from "./format.js";
import { hasTechnology } from "./site.js";
import { question } from "./state.js";

const ASKED = 25;
const FIRST = 18;
const card = new Card("skills");

/** Request the skills, with what the tiles and the filter bar say. */
export function insights() {
  return ask("insights", "insights", question({ top: ASKED }));
}

export function loadSkills(follow, load) {
  return card.fill(load, (found) => show(found, follow));
}

function show({ skills, share_of: of, counted, enough: has, nearest }, follow) {
  if (card.lacks({ counted, enough: skills.length ? has : "none", nearest })) return;
  const columns = ["skill", "companies", `share of ${of ?? "companies"}`, "low (95 %)", "high (95 %)", "postings"];
  const rows = skills.map((skill) => [skill.name, skill.companies, skill.share, skill.low, skill.high, skill.count]);
  const joined = aboutEqual(skills);
  card.show({ columns, rows }, { isGrey: has === "grey" }, bars(skills.map((skill, i) => ({
    ...skill, joined: joined[i], note: count(of === "postings" ? skill.count : skill.companies),
    title: `Show the trend of ${skill.name}`, act: hasTechnology(skill.id) ? () => follow(skill.name) : null,
  })), { share: `of ${of ?? "companies"}`, note: of ?? "companies", first: FIRST }));
}

/** Return whether each is joined to the next: both intervals overlap that of their group's first. */
function aboutEqual(skills) {
  let first = 0;
  return skills.map((_, i) => {
    const next = skills[i + 1];
    if (next && next.high >= skills[first].low) return true;
    first = i + 1;
    return false;
  });
}
