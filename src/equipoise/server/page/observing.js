// What was seen, put together by choosing: a sentence to fill in, which becomes a line of an observations file.
// @ts-check
import { made } from "./showing.js";

/** @typedef {{key: string, words: string, names: Record<string, string>}} Kind */

const HEAD = "equipoise: 1\ntitle: What was seen\nobservations:\n";
const DAYS = ["on", "by"];

/** The keys that stand in braces in a sentence. @param {string} words */
const keysOf = (words) => [...words.matchAll(/\{([\w-]+)\}/g)].map((found) => found[1]);

/** A sentence with each key in braces put into words. @param {string} words @param {(key: string, place: number) => string} says */
const filled = (words, says) => words.replace(/\{([\w-]+)\}/g, (_, key, place) => says(key, place));

/** What may be seen, as it stands to be chosen: `a force fell on a day`. @param {Kind} kind */
function offered({ words, names }) {
  return filled(words, (key) => {
    if (key in names) return `${/^[aeiou]/.test(names[key]) ? "an" : "a"} ${names[key]}`;
    return DAYS.includes(key) ? "a day" : key === "error" ? "its standard error" : "so much";
  });
}

/** A control with its name for who cannot see it. @param {any} node @param {string} label */
function labelled(node, label) {
  node.setAttribute("aria-label", label);
  return node;
}

/** One part of the sentence: a name to choose, a day or a number. @param {any} situation @param {Kind} kind @param {string} key */
function part(situation, kind, key) {
  const what = kind.names[key];
  if (what) {
    const named = Object.assign({}, ...what.split(" or ").map((one) => situation[`${one}s`]));
    const options = Object.entries(named).map(([value, one]) => made("option", { value }, one.name ?? one));
    return labelled(made("select", {}, ...options), `Which ${what}`);
  }
  if (DAYS.includes(key)) {
    return labelled(made("input", { type: "date", required: true, min: situation.start, max: situation.last }), "Day");
  }
  const most = kind.key === "violence" ? {} : { max: "1", placeholder: key === "is" ? "0.4" : "0.05" };
  const label = key === "is" ? "How much, as a share from 0 to 1" : "Its standard error, as a share";
  return labelled(made("input", { type: "number", required: true, min: "0", step: "any", ...most }), label);
}

/** A line of the file, its sentence behind it. @param {Kind} kind @param {Record<string, any>} parts */
function line(kind, parts) {
  const given = kind.key in parts ? parts : { [kind.key]: { value: "level" }, ...parts };
  const keys = Object.keys(given).sort((a, b) => Number(DAYS.includes(b)) - Number(DAYS.includes(a)));
  const value = (/** @type {any} */ one) => (one.type === "number" ? Number(one.value) : one.value);
  const says = filled(kind.words, (key, place) => {
    const text = parts[key].selectedOptions?.[0].textContent ?? String(value(parts[key]));
    if (/event|talk/.test(kind.names[key])) return `“${text}”`;
    return place ? text.replace(/^The /, "the ") : text;
  });
  return { text: `- {${keys.map((key) => `${key}: ${value(given[key])}`).join(", ")}}  # ${says.replace(/\s+/g, " ")}`, says };
}

/** Put a line at the end of a text of observations, as far in as those before it. @param {string} text @param {string} added */
export function withLine(text, added) {
  const begun = text.trim() ? text.trimEnd().replace(/^observations: *\[\]$/m, "observations:") + "\n" : HEAD;
  const indent = [...begun.matchAll(/^( *)- /gm)].at(-1)?.[1] ?? "  ";
  return `${begun}${indent}${added}\n`;
}

/**
 * Put together what was seen; what is added stands in the field below. A file that is chosen takes the place of both.
 * @param {any} situation @param {any} inputs
 */
export function observing(situation, { observations: area, file }) {
  const kind = made("select", { id: "seen-kind" }, ...situation.seen.map((/** @type {Kind} */ one) => made("option", { value: one.key }, offered(one))));
  const sentence = made("p", { className: "sentence" });
  const says = made("span", { className: "quiet" });
  says.setAttribute("role", "status");
  /** @type {Record<string, any>} */ let parts = {};
  const chosen = () => situation.seen.find((/** @type {Kind} */ one) => one.key === kind.value);
  function choose() {
    const { words } = chosen();
    parts = Object.fromEntries(keysOf(words).map((key) => [key, part(situation, chosen(), key)]));
    const between = words.split(/\{[\w-]+\}/);
    sentence.replaceChildren(...keysOf(words).flatMap((key, place) => [between[place], parts[key]]), between.at(-1));
  }
  kind.addEventListener("change", choose);
  choose();
  const add = made("button", { type: "submit", className: "more" }, "Add it");
  const own = made("button", { type: "button", className: "more", onclick: () => (area.value = situation.observed) }, "Take what comes with the case");
  const all = made("fieldset", { className: "observing" }, made("legend", {}, "Put together what was seen"),
    made("p", {}, kind), sentence, made("p", { className: "buttons" }, add, " ", situation.observed ? own : "", " ", says));
  labelled(kind, "Kind of thing seen");
  file?.addEventListener("change", () => (all.disabled = area.disabled = Boolean(file.value)));
  const form = made("form", {}, all);
  form.addEventListener("submit", (/** @type {SubmitEvent} */ sent) => {
    sent.preventDefault();
    const added = line(chosen(), parts);
    area.value = withLine(area.value, added.text);
    says.textContent = `Added: ${added.says}.`;
  });
  return form;
}
