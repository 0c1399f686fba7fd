// Sliders: each moves the whole range of a number; the middle is as written.
// @ts-check
import { at, made } from "./showing.js";

/** @typedef {{path: string, name: string, was: string, written: string, way: "times" | "odds" | "shift",
 *   reach: number, share: number | null, unit: string, why: string[]}} Lever */

const MIDDLE = 50;
const SIGN = { times: "*", odds: "odds*", shift: "~" };

/** @param {number} value */
const rounded = (value) => Number(value.toPrecision(2));

/** What a place of the slider asks for; nothing in the middle. @param {Lever} lever @param {number} place */
export function moveAt(lever, place) {
  const part = (place - MIDDLE) / MIDDLE;
  if (part === 0) return null;
  return SIGN[lever.way] + (lever.way === "shift" ? rounded(lever.reach * part) : rounded(lever.reach ** part));
}

/** Where the slider stands for what is asked. @param {Lever} lever @param {string | undefined} asked */
export function placeOf(lever, asked) {
  const sign = SIGN[lever.way];
  if (!asked?.startsWith(sign)) return MIDDLE;
  const by = Number(asked.slice(sign.length));
  const part = lever.way === "shift" ? by / lever.reach : Math.log(by) / Math.log(lever.reach);
  return Math.round(MIDDLE + MIDDLE * Math.min(Math.max(part, -1), 1));
}

/** How far a number is moved, in a few letters. @param {Lever} lever @param {string | undefined} asked */
export function moveSaid(lever, asked) {
  if (!asked) return lever.way === "shift" ? "±0" : "×1";
  const by = Number(asked.replace(/^(odds)?[*~]/, ""));
  if (asked.startsWith("~")) return `${by < 0 ? "−" : "+"}${Math.abs(by)}`;
  if (!/^(odds)?\*/.test(asked)) return "typed";
  return `${asked.startsWith("odds") ? "odds " : ""}×${{ 0.5: "½", 0.25: "¼" }[by] ?? by}`;
}

/**
 * A slider in the page.
 * @param {Lever} lever
 * @param {(path: string, asked: string | null, how: {dragging: boolean, name: string}) => void} change
 */
export function slider(lever, change) {
  const node = at("lever").content.firstElementChild.cloneNode(true);
  const part = (/** @type {string} */ what) => node.querySelector(what);
  const [range, typed] = [part("input[type=range]"), part("input[type=text]")];
  const [id, about] = [`lever-${lever.path}`, `about-${lever.path}`];
  Object.assign(range, { id });
  Object.assign(part("label"), { htmlFor: id, textContent: lever.name });
  Object.assign(part(".note"), { id: about });
  range.setAttribute("aria-describedby", about);
  part(".reset").setAttribute("aria-label", `${lever.name}: back to as written`);
  part(".hang").textContent = lever.share ? `The choice hangs on it: ${percent(lever.share)}` : "";
  part(".unit").textContent = lever.unit;
  part(".grounds").append(...lever.why.map((text) => made("li", {}, text)));
  node.dataset.path = lever.path;
  typed.placeholder = lever.written;

  const asks = (/** @type {boolean} */ dragging) =>
    change(lever.path, moveAt(lever, Number(range.value)), { dragging, name: lever.name });
  range.addEventListener("input", () => asks(true));
  range.addEventListener("change", () => asks(false));
  range.addEventListener("dblclick", () => change(lever.path, null, { dragging: false, name: lever.name }));
  part(".reset").addEventListener("click", () => {
    change(lever.path, null, { dragging: false, name: lever.name });
    range.focus();
  });
  typed.addEventListener("change", () =>
    change(lever.path, typed.value.replace(/\s+/g, "") || null, { dragging: false, name: lever.name }));

  /** Show what is asked of it. @param {string | undefined} asked @param {string | undefined} now */
  node.update = (asked, now) => {
    const place = placeOf(lever, asked);
    if (Number(range.value) !== place && moveAt(lever, Number(range.value)) !== asked) range.value = place;
    const said = moveSaid(lever, asked);
    part("output").textContent = said;
    node.classList.toggle("changed", Boolean(asked));
    part(".reset").hidden = !asked;
    const spoken = asked && now ? `${now}; as written ${lever.was}` : lever.was;
    part(".range").textContent = `${spoken}.`;
    range.setAttribute("aria-valuetext", `${said}: ${spoken}`);
    if (document.activeElement !== typed) typed.value = asked && !/^(odds)?[*~]/.test(asked) ? asked : "";
  };
  node.update(undefined, undefined);
  return node;
}

/** @param {number} share */
function percent(share) {
  return share < 0.01 ? "under 1 %" : `${Math.round(100 * share)} %`;
}
