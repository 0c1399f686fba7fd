// The what-if page: wires the controls to the view, the view to the server, and what comes back to the page.
// @ts-check
import { wireAnalyses } from "./analyses.js";
import { Asking, asked } from "./asking.js";
import { wireChanges, wireEditing } from "./editing.js";
import { slider } from "./levers.js";
import { wireSaving } from "./saving.js";
import { at, made, plain, showFigures, showOrders, showTable, showWhy, showWords } from "./showing.js";
import { History, address, asWritten, show } from "./view.js";

/** @typedef {import("./view.js").View} View */

const begun = JSON.parse(at("data").dataset.view);
const past = new History({ beliefs: begun.beliefs, changes: begun.changes, ways: begun.ways });
const narrow = matchMedia("(max-width: 40rem)");
const dark = matchMedia("(prefers-color-scheme: dark)");
/** @type {Map<string, any>} */ const sliders = new Map();
/** @type {Record<string, string>} */ let nowSaid = {};
/** @type {{view: View, named: string} | null} */ let against = null;

const question = () => ({
  view: past.view, ...(against ? { against: against.view, named: against.named } : {}),
  width: narrow.matches ? "narrow" : "wide", theme: dark.matches ? "dark" : "light",
});
const asking = new Asking(() => ({ ...question(), found: false }), shown, failed);

/** What follows a full answer; a newer move ends it. */
let after = new AbortController();

/** Ask why the answer moved. @param {AbortSignal} mine */
async function askWhy(mine) {
  const found = await asked("why", { ...question(), client: asking.client }, { signal: mine });
  if (mine.aborted) return;
  await showWhy(found);
  at("why").removeAttribute("aria-busy");
}

/** Draw what takes futures of its own. @param {AbortSignal} mine */
async function askFigures(mine) {
  const found = await asked("figures", { ...question(), client: asking.client }, { signal: mine });
  if (!mine.aborted) await showFigures(found.figures, found.address);
}

/** @param {any} found @param {string} stage */
function shown(found, stage) {
  const changed = Boolean(against) || Boolean(past.view.beliefs) || Object.keys(past.view.changes).length > 0;
  showWords(found.shown, (path) => change(path, null, { dragging: false, name: path }));
  showTable("table", found.shown.table);
  showTable("success", found.shown.success);
  showOrders(found.shown.orders, changed, against?.named ?? "as written");
  void showFigures(found.figures, found.address).then(() => (document.documentElement.dataset.drawn = found.address));
  nowSaid = Object.fromEntries(found.shown.changes.map((/** @type {any} */ one) => [one.path, one.now]));
  const full = stage === "full"; // a move of goals rests on all futures before it is let go
  at("progress").textContent = found.stage === "full" ? "" : " so far; more are being played";
  at("results").setAttribute("aria-busy", String(!full));
  document.documentElement.dataset.stage = stage;
  document.documentElement.dataset.address = found.address;
  if (full) void afterwards(changed);
  if (!changed) at("why").hidden = true;
  if (full) at("said").textContent = plain(`${found.shown.lead} ${found.shown.beneath[0] ?? ""}`);
  controls();
}

/** Let moves of the goals that stand among the sliders be answered at once. @param {AbortSignal} mine */
async function hold(mine) {
  const paths = [...sliders.keys()].filter((path) => path.includes(".values."));
  if (paths.length) await asked("hold", { ...question(), client: asking.client, paths }, { signal: mine });
}

/** Why it moved, then the figures that take futures of their own, then who believes what. @param {boolean} changed */
async function afterwards(changed) {
  const mine = (after = new AbortController()).signal;
  const ended = (/** @type {any} */ error) => mine.aborted || error.status === 409;
  try {
    if (changed) await askWhy(mine);
  } catch (error) {
    if (!ended(error)) at("why").hidden = true;
  }
  try {
    if (!mine.aborted) await askFigures(mine);
    if (!mine.aborted) await putBeliefs();
    if (!mine.aborted) await hold(mine);
  } catch (error) {
    if (!ended(error)) failed(/** @type {Error} */ (error));
  }
}

/** @param {Error} error */
function failed(error) {
  at("said").textContent = "";
  const wrong = document.querySelector(".lever.asking .wrong") ?? at("progress");
  wrong.textContent = error.message;
}

/** Set every control as the view has it. */
function controls() {
  const { view } = past;
  for (const [path, node] of sliders) node.update(view.changes[path], nowSaid[path]);
  for (const node of document.querySelectorAll(".event")) eventSet(/** @type {HTMLElement} */ (node), view.changes);
  for (const radio of document.getElementsByName("who")) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.checked = input.value === (view.beliefs ?? "");
  }
  at("undo").disabled = past.at === 0;
  at("redo").disabled = past.at === past.steps.length - 1;
  at("reset").disabled = address(view) === "";
  at("steps").textContent = past.at;
  at("history-list").replaceChildren(...past.steps.map((step, place) => {
    const button = made("button", { type: "button", onclick: () => goTo(place) }, `${place}. ${step.says}`);
    if (place === past.at) button.setAttribute("aria-current", "step");
    return made("li", {}, button);
  }));
  at("ways").replaceChildren(...Object.keys(view.ways).map((name) => {
    const off = made("button", { type: "button", onclick: () => setWay(name, null) }, "✕");
    off.setAttribute("aria-label", `Take off: ${name}`);
    return made("li", {}, name, " ", off);
  }));
  againstList();
  markAnalyses();
}

/** @param {View} view @param {string} says @param {{dragging?: boolean, replaces?: boolean}} [how] */
function go(view, says, how = {}) {
  past.go(view, says, how.replaces);
  show(past.view, begun.scenario);
  controls();
  ask({ dragging: how.dragging });
}

/** @param {number} place */
function goTo(place) {
  past.to(place);
  show(past.view, begun.scenario);
  controls();
  ask();
}

/** Ask of the view as it now is; what is said of why is no longer so. @param {{dragging?: boolean, stage?: string}} [how] */
function ask(how) {
  after.abort();
  at("why").setAttribute("aria-busy", "true");
  asking.now(how);
}

let dragged = "";

/**
 * Change a number, or take a change back.
 * @param {string} path @param {string | null} value @param {{dragging: boolean, name: string}} how
 */
function change(path, value, how) {
  changeAll({ [path]: value }, path, how);
}

/**
 * Change some numbers at once, or take changes back.
 * @param {Record<string, string | null>} values @param {string} path  where it was asked
 * @param {{dragging: boolean, name: string}} how
 */
function changeAll(values, path, how) {
  const changes = { ...past.view.changes };
  for (const [key, value] of Object.entries(values)) {
    if (value === null) delete changes[key];
    else changes[key] = value;
  }
  for (const [key, node] of sliders) node.classList.toggle("asking", key === path);
  const wrong = sliders.get(path)?.querySelector(".wrong");
  if (wrong) wrong.textContent = "";
  const replaces = dragged === path;
  dragged = how.dragging ? path : "";
  if (!how.dragging && address({ ...past.view, changes }) === address(past.view)) ask();
  else go({ ...past.view, changes }, how.name, { dragging: how.dragging, replaces });
}

/** @param {string} name @param {Record<string, number> | null} shares */
function setWay(name, shares) {
  const ways = { ...past.view.ways };
  if (shares) ways[name] = shares;
  else delete ways[name];
  go({ ...past.view, ways }, `way “${name}”`);
}

/** Set an event's control as the changes have it. @param {HTMLElement} node @param {Record<string, string>} changes */
function eventSet(node, changes) {
  const value = changes[node.dataset.path ?? ""];
  const kind = { undefined: "judged", 0: "never", 1: "surely" }[String(value)] ?? "odds";
  for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (node.querySelectorAll("input[type=radio]"))) {
    radio.checked = radio.value === kind;
  }
  const chance = /** @type {HTMLInputElement} */ (node.querySelector("input[type=number]"));
  const shownChance = /** @type {HTMLElement} */ (node.querySelector(".chance"));
  shownChance.hidden = kind !== "odds";
  if (kind === "odds" && document.activeElement !== chance) chance.value = String(Number((100 * Number(value)).toPrecision(6)));
  const on = changes[node.dataset.on || ""];
  node.classList.toggle("changed", value !== undefined || on !== undefined);
  const date = /** @type {HTMLInputElement | null} */ (node.querySelector("input[type=date]"));
  if (date && document.activeElement !== date) date.value = on ?? "";
  const row = /** @type {HTMLElement | null} */ (node.querySelector(".on"));
  if (row) row.hidden = on === undefined && (kind === "judged" || kind === "never");
  const reset = /** @type {HTMLElement | null} */ (node.querySelector(".on .reset"));
  if (reset) reset.hidden = on === undefined;
}

function wireEvents() {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".event"))) {
    const [path, name] = [node.dataset.path ?? "", node.dataset.name ?? ""];
    const chance = /** @type {HTMLInputElement} */ (node.querySelector("input[type=number]"));
    const asks = (/** @type {string | null} */ value) => change(path, value, { dragging: false, name });
    for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (node.querySelectorAll("input[type=radio]"))) {
      radio.addEventListener("change", () => {
        const value = { never: "0", judged: null, odds: "0.5", surely: "1" }[radio.value] ?? null;
        asks(value);
        if (radio.value === "odds") chance.select();
      });
    }
    const date = /** @type {HTMLInputElement | null} */ (node.querySelector("input[type=date]"));
    const dated = (/** @type {string | null} */ day) =>
      changeAll({ [node.dataset.on ?? ""]: day }, path, { dragging: false, name: `${name}: its date` });
    date?.addEventListener("change", () => date.checkValidity() && dated(date.value || null));
    node.querySelector(".on .reset")?.addEventListener("click", () => {
      date?.focus();
      if (date) date.value = "";
      dated(null);
    });
    chance.addEventListener("change", () => {
      if (chance.value && chance.checkValidity()) asks(String(Number((Number(chance.value) / 100).toPrecision(6))));
    });
  }
  at("more-events")?.addEventListener("click", (/** @type {any} */ press) => {
    const open = press.target.getAttribute("aria-expanded") !== "true";
    for (const node of document.querySelectorAll("[data-more]")) /** @type {HTMLElement} */ (node).hidden = !open;
    press.target.setAttribute("aria-expanded", String(open));
    press.target.textContent = open ? "fewer" : `${document.querySelectorAll("[data-more]").length} more`;
  });
}

/** Put levers into a list, those changed among them always. @param {any[]} levers @param {Element} list */
function putLevers(levers, list) {
  for (const lever of levers) {
    if (sliders.has(lever.path)) continue;
    const node = slider(lever, change);
    sliders.set(lever.path, node);
    list.append(node);
  }
  controls();
}

/** The numbers that the address changes stand first, so that they can be moved on. */
async function putChanged() {
  const events = new Set([...document.querySelectorAll(".event")].map((node) => /** @type {any} */ (node).dataset.path));
  const changed = Object.keys(past.view.changes).filter((path) => !events.has(path));
  if (changed.length) {
    const query = new URLSearchParams(changed.map((path) => ["path", path]));
    putLevers((await asked(`numbers?${query}`)).levers, at("levers"));
  }
}

async function putFirst() {
  putLevers((await asked("levers")).levers, at("levers"));
  at("levers").removeAttribute("aria-busy");
  at("levers-wait").remove();
  at("levers-note").textContent =
    "Ordered by how much the choice hangs on each. A slider moves the whole range; the mark is as written.";
}

let told = false;

/** Which way does best under whose beliefs; asked once, after the first full answer. */
async function putBeliefs() {
  const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-best]"));
  if (told || !places.length) return;
  told = true;
  const { best } = await asked("beliefs");
  for (const place of places) place.textContent = `best: ${best[place.dataset.best ?? ""]}`;
}

/** @type {number | undefined} */ let finding;

function wireFinding() {
  at("find").addEventListener("input", () => {
    clearTimeout(finding);
    finding = setTimeout(async () => {
      const words = at("find").value.trim();
      for (const node of [...at("found").children]) {
        const path = node.dataset.path;
        if (past.view.changes[path]) at("levers").append(node);
        else {
          sliders.delete(path);
          node.remove();
        }
      }
      if (words) putLevers((await asked(`numbers?find=${encodeURIComponent(words)}`)).levers, at("found"));
    }, 200);
  });
}

const SAVED = `equipoise-views-${begun.scenario}`;
/** @returns {Record<string, View>} */
const saved = () => JSON.parse(localStorage.getItem(SAVED) ?? "{}");

/** Whose beliefs a button takes, as a sentence says it. @param {HTMLElement} radio */
const beliefsOf = (radio) => `the beliefs of ${radio.dataset.said}`;

function againstList() {
  const options = [["", "as written"]];
  past.steps.forEach((step, place) => {
    if (place !== past.at && address(step.view)) options.push([`step:${place}`, `step ${place}: ${step.says}`]);
  });
  for (const radio of document.querySelectorAll("[name=who]")) {
    const value = /** @type {HTMLInputElement} */ (radio).value;
    if (value) options.push([`who:${value}`, beliefsOf(/** @type {HTMLElement} */ (radio))]);
  }
  for (const name of Object.keys(saved())) options.push([`saved:${name}`, `saved: ${name}`]);
  const chosen = at("against").value;
  at("against").replaceChildren(...options.map(([value, text]) => made("option", { value }, text)));
  at("against").value = options.some(([value]) => value === chosen) ? chosen : "";
}

/** @param {string} chosen @param {string} named */
function compareWith(chosen, named) {
  const [kind, key] = [chosen.split(":")[0], chosen.slice(chosen.indexOf(":") + 1)];
  const { ways } = past.view;
  if (kind === "step") against = { view: { ...past.steps[Number(key)].view, ways }, named };
  else if (kind === "who") against = { view: { ...asWritten(), beliefs: key, ways }, named };
  else if (kind === "saved") against = { view: { ...saved()[key], ways }, named };
  else against = null;
  ask();
}

/** Close the history where somebody goes elsewhere, so that it lies over no other control. */
function wireHistory() {
  const menu = at("history");
  const outside = (/** @type {any} */ place) => place instanceof Node && !menu.contains(place);
  document.addEventListener("pointerdown", (press) => {
    if (outside(press.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (/** @type {FocusEvent} */ left) => {
    if (outside(left.relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ key) => {
    if (key.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

function wireTools() {
  at("undo").onclick = () => goTo(past.at - 1);
  at("redo").onclick = () => goTo(past.at + 1);
  at("reset").onclick = () => go(asWritten(), "as written");
  at("print").onclick = () => print();
  at("copy").onclick = async () => {
    await navigator.clipboard.writeText(location.href);
    at("copy").textContent = "Copied";
    setTimeout(() => (at("copy").textContent = "Copy link"), 1500);
  };
  at("against").onchange = () => compareWith(at("against").value, at("against").selectedOptions[0].textContent);
  document.addEventListener("keydown", (key) => {
    const typing = key.target instanceof HTMLInputElement && !["range", "radio"].includes(key.target.type);
    if (!(key.ctrlKey || key.metaKey) || typing) return;
    const back = key.key.toLowerCase() === "z" && !key.shiftKey;
    const forth = key.key.toLowerCase() === "y" || (key.key.toLowerCase() === "z" && key.shiftKey);
    if (back || forth) {
      key.preventDefault();
      goTo(past.at + (back ? -1 : 1));
    }
  });
  for (const radio of document.getElementsByName("who")) {
    radio.addEventListener("change", () => {
      const { value } = /** @type {HTMLInputElement} */ (radio);
      go({ ...past.view, beliefs: value || null }, value ? beliefsOf(radio) : "the beliefs of the analyst");
    });
  }
  at("own").addEventListener("submit", (/** @type {SubmitEvent} */ sent) => {
    sent.preventDefault();
    const given = new FormData(at("own"));
    const shares = [...given].filter(([key, value]) => key.startsWith("force.") && Number(value) > 0);
    if (shares.length) {
      setWay(String(given.get("name")), Object.fromEntries(shares.map(([key, value]) => [key.slice(6), Number(value)])));
    }
  });
}

wireTools();
wireHistory();
wireSaving(() => past.view, () => past.steps[past.at].says, (name) => {
  localStorage.setItem(SAVED, JSON.stringify({ ...saved(), [name]: past.view }));
  againstList();
});
wireEvents();
wireFinding();
wireEditing();
const markAnalyses = wireAnalyses(() => past.view, begun.scenario);
wireChanges(begun.scenario);
controls();
ask({ stage: "pause" });
void putChanged().then(putFirst);
for (const media of [narrow, dark]) media.addEventListener("change", () => ask());
