// The analyses that take long: each a panel that is opened when wanted, started, watched, cancelled and shown.
// @ts-check
import { asked } from "./asking.js";
import { at, made } from "./showing.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {{name: string, label: string, kind: "choice" | "several" | "number" | "text", choices?: [string, string][], value?: any, note?: string, least?: number, most?: number}} Field */
/** @typedef {{job: string, title: string, says: string, fields: (situation: any) => Field[] | string, ask?: (given: Record<string, any>) => Record<string, any>}} Analysis */

/** @param {Record<string, string>} named @returns {[string, string][]} */
const choices = (named) => Object.entries(named);
const FUTURES = { name: "played", label: "Futures", kind: /** @type {const} */ ("number"), value: 20000, least: 512, most: 200000 };

/** @param {any} situation @returns {Field[]} */
const seen = (situation) => [
  { name: "observations", label: "What was seen, as an observations file has it", kind: "text", value: "" },
  ...(situation.folder ? [/** @type {Field} */ ({ name: "file", label: "or a file of the folder", kind: "choice", choices: [["", "none"], ...situation.files.map((/** @type {string} */ name) => [name, name])] })] : []),
  { name: "did", label: "What was done until then", kind: "choice", choices: [["", "as by default"], ...choices(own(situation))] },
  FUTURES,
];

/** @param {any} situation @returns {Record<string, string>} */
const own = (situation) => situation.patrons[situation.focus].ways;

/** @param {any} situation */
const players = (situation) => Object.entries(situation.patrons).filter(([, one]) => Object.keys(one.ways).length > 0);

/** @type {Analysis[]} */
const ANALYSES = [
  {
    job: "explore", title: "What the answer hangs on", fields: () => [FUTURES],
    says: "Drivers, where the best way changes, when it fails, what to find out and what to watch.",
  },
  {
    job: "why", title: "Why somebody does what it does",
    says: "What a patron must believe and want for what it does to be its best, and how likely each account of it is.",
    fields: (situation) => [{
      name: "does", label: "What is done", kind: "choice",
      choices: players(situation).flatMap(([patron, one]) => choices(one.ways).map(([way, name]) =>
        /** @type {[string, string]} */ ([`${patron}/${way}`, `${one.name}: ${name}`]))),
    }],
    ask: ({ does }) => ({ patron: does.split("/")[0], does: does.slice(does.indexOf("/") + 1) }),
  },
  {
    job: "update", title: "What has been seen since", fields: seen,
    says: "The odds after what was seen, what was learnt from it, and what to do now.",
    ask: ({ observations, file, did, played }) => ({ played, ...(did ? { did } : {}), ...(file ? { file } : { observations }) }),
  },
  {
    job: "game", title: "What rivals would answer",
    says: "Every combination of the ways of those who choose at the same time, and where nobody would rather do otherwise.",
    fields: (situation) => {
      const who = players(situation);
      if (who.length < 2) return "Only one patron has ways of engaging written down: there is nobody to answer.";
      return [{ name: "players", label: "Who chooses", kind: "several", choices: who.map(([key, one]) => [key, one.name]), value: who.slice(0, 2).map(([key]) => key) }];
    },
  },
  {
    job: "talks", title: "Where the talks may land",
    says: "How likely a deal is, where each issue may land, what blocks it and who would have to move.",
    fields: (situation) => {
      if (!Object.keys(situation.talks).length) return "The situation has no talks.";
      return [{ name: "talk", label: "Talks", kind: "choice", choices: [["", "all of them"], ...choices(situation.talks)] }];
    },
    ask: ({ talk }) => (talk ? { talk } : {}),
  },
  {
    job: "balance", title: "How ties strain each other", fields: () => [],
    says: "Which camps the ties point to, how much tension an alignment carries, and what a hedge costs in it.",
  },
  {
    job: "beliefs", title: "Whose belief makes the difference",
    says: "The best way under everybody's beliefs, and the smallest change of belief that brings another.",
    fields: (situation) => (Object.keys(situation.holders).length ? [] : "Nobody holds beliefs of their own here."),
  },
  {
    job: "compare", title: "Held against another scenario",
    says: "What moved from a scenario in the folder that is served to the situation as you have it, and which change moved it.",
    fields: (situation) => {
      if (!situation.folder) return "Start the server with --folder DIR: the other scenario is taken from there.";
      if (!situation.files.length) return "There is no scenario in the folder that is served.";
      return [{ name: "other", label: "Scenario", kind: "choice", choices: situation.files.map((/** @type {string} */ name) => [name, name]) }];
    },
  },
  {
    job: "optimise", title: "A better way than those written down",
    says: "A search over mixtures, rules and one switch of engagement, and the frontier of influence, regret and cost.",
    fields: () => [{ name: "time_limit", label: "Seconds to search", kind: "number", value: 60, least: 5, most: 3600 }],
  },
];

/** Wire the panels; nothing is asked of the server until one is opened. @param {() => View} view */
export function wireAnalyses(view) {
  /** @type {Promise<any> | undefined} */ let situation;
  at("analyses-list").append(...ANALYSES.map((analysis) => {
    const body = made("div", { className: "analysis-body" });
    const panel = made("details", { className: "analysis", id: `analysis-${analysis.job}` },
      made("summary", {}, made("h3", {}, analysis.title), made("p", { className: "note" }, analysis.says)), body);
    panel.addEventListener("toggle", async () => {
      if (!panel.open || body.firstChild) return;
      try {
        situation ??= asked("situation");
        const fields = analysis.fields(await situation);
        body.replaceChildren(...(typeof fields === "string" ? [made("p", {}, fields)] : form(analysis, fields, view)));
      } catch (error) {
        situation = undefined;
        body.replaceChildren(made("p", { className: "wrong" }, /** @type {Error} */ (error).message));
      }
    });
    return panel;
  }));
}

/** @param {Analysis} analysis @param {Field[]} fields @param {() => View} view */
function form(analysis, fields, view) {
  const id = `job-${analysis.job}`;
  const inputs = fields.map((field) => control(field, `${id}-${field.name}`));
  const begin = made("button", { type: "submit", className: "more" }, "Start");
  const cancel = made("button", { type: "button", className: "more", hidden: true }, "Cancel");
  const bar = made("progress", { hidden: true });
  bar.setAttribute("aria-label", `Progress: ${analysis.title}`);
  const says = made("span", { className: "quiet" });
  says.setAttribute("role", "status");
  const shown = made("div", { className: "shown" });
  const controls = { begin, cancel, bar, says, shown };
  const sent = made("form", {}, ...inputs.map((one) => one.node), made("p", { className: "buttons" }, begin, " ", cancel, " ", bar, " ", says));
  sent.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = Object.fromEntries(inputs.map((one) => [one.name, one.value()]));
    const of = analysis.job === "beliefs" ? { ...view(), beliefs: null } : view();
    void start({ job: analysis.job, view: of, ...(analysis.ask?.(given) ?? given) }, controls);
  });
  return [sent, shown];
}

/** One control of a form. @param {Field} field @param {string} id */
function control(field, id) {
  const label = made("label", { htmlFor: id }, field.label);
  if (field.kind === "several") {
    const boxes = (field.choices ?? []).map(([value, text]) => {
      const box = made("input", { type: "checkbox", value, checked: field.value?.includes(value) });
      return { box, node: made("label", {}, box, ` ${text}`) };
    });
    const node = made("fieldset", { className: "several" }, made("legend", {}, field.label), ...boxes.map((one) => one.node));
    return { name: field.name, node, value: () => boxes.filter((one) => one.box.checked).map((one) => one.box.value) };
  }
  if (field.kind === "text") return text(field, id, label);
  if (field.kind === "number") {
    const input = made("input", { type: "number", id, value: field.value, min: field.least, max: field.most, required: true });
    return { name: field.name, node: made("p", {}, label, " ", input), value: () => Number(input.value) };
  }
  const select = made("select", { id }, ...(field.choices ?? []).map(([value, text]) => made("option", { value }, text)));
  return { name: field.name, node: made("p", {}, label, " ", select), value: () => select.value };
}

/** A field for a text, which may be filled from a file of the reader's own. @param {Field} field @param {string} id @param {Element} label */
function text(field, id, label) {
  const area = made("textarea", { id, rows: 8, spellcheck: false, value: field.value });
  const picker = made("input", { type: "file", accept: ".yaml,.yml,text/*" });
  picker.setAttribute("aria-label", `${field.label}: take it from a file of yours`);
  picker.addEventListener("change", async () => {
    if (picker.files[0]) area.value = await picker.files[0].text();
  });
  return { name: field.name, node: made("div", {}, label, area, made("p", {}, picker)), value: () => area.value };
}

/** @typedef {{begin: any, cancel: any, bar: any, says: any, shown: Element}} Controls */

/** Start a job, and show how far it is until it has ended. @param {object} body @param {Controls} controls */
async function start(body, controls) {
  const { begin, cancel, bar, says, shown } = controls;
  begin.disabled = true;
  says.textContent = "";
  try {
    const job = await asked("jobs", body);
    cancel.hidden = bar.hidden = false;
    cancel.onclick = () => fetch(`api/v1/jobs/${job.id}`, { method: "DELETE" });
    const last = await watched(job, (now) => progress(now, controls));
    says.textContent = last.state === "done" ? `Done in ${last.seconds.toFixed(0)} seconds.` : last.says || "Cancelled.";
    if (last.state === "done") await show(last, shown);
  } catch (error) {
    says.textContent = /** @type {Error} */ (error).message;
  } finally {
    begin.disabled = false;
    cancel.hidden = bar.hidden = true;
  }
}

/** Follow a job to its end. @param {any} job @param {(now: any) => void} tell @returns {Promise<any>} */
export function watched(job, tell) {
  return new Promise((done, failed) => {
    const source = new EventSource(`api/v1/jobs/${job.id}/progress`);
    source.onmessage = (message) => {
      const now = JSON.parse(message.data);
      tell(now);
      if (!["waiting", "running"].includes(now.state)) {
        source.close();
        done(now);
      }
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      failed(new Error("The server is gone, or has forgotten this job."));
    };
  });
}

/** @param {any} now @param {Controls} controls */
function progress(now, { bar, says }) {
  if (now.of) {
    bar.max = now.of;
    bar.value = now.done;
  } else bar.removeAttribute("value");
  const words = now.step ? now.step[0].toUpperCase() + now.step.slice(1) : "";
  if (says.dataset.step !== words) says.textContent = words && `${words} …`; // a screen reader hears each step once
  says.dataset.step = words;
}

/** Show what a job found, as the report shows it. @param {any} job @param {Element} place */
async function show(job, place) {
  const answer = await fetch(`api/v1/jobs/${job.id}/result.html`);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text(); // made by the server, every text in it escaped
  const link = (/** @type {string} */ path, /** @type {string} */ name, /** @type {string} */ says) =>
    made("a", { href: `api/v1/jobs/${job.id}/${path}`, download: name }, says);
  const tables = job.tables.map((/** @type {string} */ name) => link(`tables/${name}.csv`, `${name}.csv`, name.replaceAll("-", " ")));
  const kept = made("details", { className: "export" }, made("summary", {}, "Keep it"),
    made("p", {}, link("result", `${job.job}.json`, "all of it as JSON")),
    made("ul", {}, ...tables.map((/** @type {Element} */ one) => made("li", {}, one, " (CSV)"))));
  place.replaceChildren(holder.content, kept);
}
