// The analyses that take long: each a panel that is opened when wanted, started, watched, cancelled and shown.
// @ts-check
import { asked } from "./asking.js";
import { observing } from "./observing.js";
import { at, made } from "./showing.js";
import { address } from "./view.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {{name: string, label: string, kind: "choice" | "several" | "number" | "text", choices?: [string, string][], value?: any, note?: string, least?: number, most?: number}} Field */
/** @typedef {{job: string, title: string, says: string, fields: (situation: any) => Field[] | string, ask?: (given: Record<string, any>) => Record<string, any>, before?: (situation: any, inputs: any) => Element}} Analysis */

/** @param {Record<string, string>} named @returns {[string, string][]} */
const choices = (named) => Object.entries(named);
const FUTURES = { name: "played", label: "Futures", kind: /** @type {const} */ ("number"), value: 20000, least: 512, most: 200000 };

/** @param {string[]} names @returns {[string, string][]} */
const files = (names) => names.map((name) => [name, name]);

/** @param {any} situation @returns {Field[]} */
const seen = (situation) => {
  const { ways, default: usual } = situation.patrons[situation.focus];
  const done = usual === null ? "none of its ways: engaging by its default weights" : `as the file has it: ${ways[usual]}`;
  const lying = /** @type {Field[]} */ ([{ name: "file", label: "or take a file of the folder", kind: "choice", choices: [["", "none"], ...files(situation.observations)] }]);
  return [
    { name: "observations", label: "What was seen, a line each; or an observations file, pasted or chosen", kind: "text", value: "" },
    ...(situation.observations.length ? lying : []),
    { name: "did", label: "What was done until then", kind: "choice", choices: [["", done], ...choices(ways)] },
    FUTURES,
  ];
};

/** @param {any} situation */
const players = (situation) => Object.entries(situation.patrons).filter(([, one]) => Object.keys(one.ways).length > 0);

/** @type {Analysis[]} */
const ANALYSES = [
  {
    job: "explore", title: "What the answer hangs on",
    fields: ({ study }) => [study ? { ...FUTURES, label: "Futures, where something is changed; else those of the study" } : FUTURES],
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
    ask: ({ observations, file, did, played }) => ({ played, futures: played, ...(did ? { did } : {}), ...(file ? { file } : { observations }) }),
    before: observing,
  },
  {
    job: "game", title: "What rivals would answer",
    says: "Every combination of the ways of those who choose at the same time, and where nobody would rather do otherwise.",
    fields: (situation) => {
      const who = players(situation);
      if (who.length < 2) return "Only one patron has ways of engaging written down: there is nobody to answer.";
      return [{ name: "players", label: "Who chooses", kind: "several", least: 2, choices: who.map(([key, one]) => [key, one.name]), value: who.slice(0, 2).map(([key]) => key) }];
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
    says: "The best way under everybody's beliefs, and the smallest change of belief that brings another. A number that you changed is the same for all.",
    fields: (situation) => (Object.keys(situation.holders).length ? [] : "Nobody holds beliefs of their own here."),
  },
  {
    job: "compare", title: "Held against another scenario",
    says: "What moved from a scenario in the folder that is served (the first) to the situation as you have it (the second), and which change moved it.",
    fields: (situation) => {
      if (!situation.folder) return "Start the server with --folder DIR: the other scenario is taken from there.";
      if (!situation.scenarios.length) return "There is no scenario in the folder that is served.";
      return [{ name: "other", label: "Scenario", kind: "choice", choices: files(situation.scenarios) }];
    },
  },
  {
    job: "optimise", title: "A better way than those written down",
    says: "A search over mixtures, rules and one switch of engagement, and the frontier of influence, regret and cost.",
    fields: () => [{ name: "time_limit", label: "Seconds to search; judging what was found comes after", kind: "number", value: 60, least: 5, most: 3600 }],
  },
];

/**
 * Wire the panels; nothing is asked of the server until one is opened. What is given back says of each whether what it
 * shows is still of the situation as the page has it: call it when that changes.
 * @param {() => View} view @param {string} scenario  hash of its text
 */
export function wireAnalyses(view, scenario) {
  /** @type {Promise<any> | undefined} */ let situation;
  /** @type {(() => void)[]} */ const marks = [];
  at("analyses-list").append(...ANALYSES.map((analysis) => {
    const body = made("div", { className: "analysis-body" });
    const panel = made("details", { className: "analysis", id: `analysis-${analysis.job}` },
      made("summary", {}, made("h3", {}, analysis.title), made("p", { className: "note" }, analysis.says)), body);
    let ready = false;
    panel.addEventListener("toggle", async () => {
      if (!panel.open || ready) return;
      ready = true;
      try {
        situation ??= asked("situation");
        const known = await situation;
        const fields = analysis.fields(known);
        if (typeof fields === "string") {
          body.replaceChildren(made("p", {}, fields));
          return;
        }
        const { nodes, inputs, mark, takeUp } = form(analysis, fields, view, scenario);
        body.replaceChildren(...(analysis.before ? [analysis.before(known, inputs)] : []), ...nodes);
        marks.push(mark);
        await takeUp();
      } catch (error) {
        situation = undefined;
        ready = false; // opened again, it is tried again
        body.replaceChildren(made("p", { className: "wrong" }, /** @type {Error} */ (error).message));
      }
    });
    return panel;
  }));
  return () => marks.forEach((mark) => mark());
}

/** The controls of an analysis and where it is shown. @param {Analysis} analysis @param {Field[]} fields @param {() => View} view @param {string} scenario */
function form(analysis, fields, view, scenario) {
  const id = `job-${analysis.job}`;
  const inputs = fields.map((field) => control(field, `${id}-${field.name}`));
  const begin = made("button", { type: "submit", className: "more" }, "Start");
  const cancel = made("button", { type: "button", className: "more", hidden: true }, "Cancel");
  const bar = made("progress", { hidden: true });
  bar.setAttribute("aria-label", `Progress: ${analysis.title}`);
  const says = made("span", { className: "quiet" });
  says.setAttribute("role", "status");
  const of = made("p", { className: "of", hidden: true });
  const shown = made("div", { className: "shown" });
  const asks = () => (analysis.job === "beliefs" ? { ...view(), beliefs: null } : view());
  const mark = () => markOf(of, scenario, address(asks()));
  const controls = { begin, cancel, bar, says, of, shown, mark };
  const sent = made("form", {}, ...inputs.map((one) => one.node), made("p", { className: "buttons" }, begin, " ", cancel, " ", bar, " ", says));
  sent.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (isBusy(begin)) return;
    const given = Object.fromEntries(inputs.map((one) => [one.name, one.value()]));
    void start({ job: analysis.job, view: asks(), ...(analysis.ask?.(given) ?? given) }, controls);
  });
  /** Take up what the server still has of it: a page that is loaded again, or a second one, is where the first was. */
  async function takeUp() {
    const { jobs } = await asked("jobs");
    const mine = jobs.filter((/** @type {any} */ one) => one.job === analysis.job);
    const found = mine.find((/** @type {any} */ one) => one.state === "done");
    const atWork = mine.find((/** @type {any} */ one) => !ended(one));
    if (found) await show(found, controls);
    if (atWork) void follow(atWork, controls);
  }
  return { nodes: [sent, of, shown], inputs: Object.fromEntries(inputs.map((one) => [one.name, one.input])), mark, takeUp };
}

/** Say what a result is of, and whether the page has gone on since. @param {any} node @param {string} scenario @param {string} now */
function markOf(node, scenario, now) {
  const { of } = node;
  if (!of) return;
  const gone = of.scenario !== scenario ? "The file has been changed since" : of.address !== now ? "The page has something else now" : "";
  node.classList.toggle("wrong", Boolean(gone));
  node.textContent = `Of ${of.situation}.${gone && ` ${gone}: start it again for that.`}`;
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
    const chosen = () => boxes.filter((one) => one.box.checked).map((one) => one.box.value);
    const enough = () => boxes[0].box.setCustomValidity(chosen().length < (field.least ?? 0) ? `Choose ${field.least} or more.` : "");
    node.addEventListener("change", enough);
    return { name: field.name, node, input: node, value: chosen };
  }
  if (field.kind === "text") return text(field, id, label);
  if (field.kind === "number") {
    const input = made("input", { type: "number", id, value: field.value, min: field.least, max: field.most, required: true });
    return { name: field.name, node: made("p", {}, label, " ", input), input, value: () => Number(input.value) };
  }
  const select = made("select", { id }, ...(field.choices ?? []).map(([value, text]) => made("option", { value }, text)));
  return { name: field.name, node: made("p", {}, label, " ", select), input: select, value: () => select.value };
}

/** A field for a text, which may be filled from a file of the reader's own. @param {Field} field @param {string} id @param {Element} label */
function text(field, id, label) {
  const area = made("textarea", { id, rows: 8, spellcheck: false, required: true, value: field.value });
  const picker = made("input", { type: "file", accept: ".yaml,.yml,text/*" });
  picker.setAttribute("aria-label", `${field.label}: take it from a file of yours`);
  picker.addEventListener("change", async () => {
    if (picker.files[0]) area.value = await picker.files[0].text();
  });
  return { name: field.name, node: made("div", {}, label, area, made("p", {}, picker)), input: area, value: () => area.value };
}

/** A button that is busy keeps the focus, which one that is disabled would lose. @param {any} button @param {boolean} busy */
const setBusy = (button, busy) => button.setAttribute("aria-disabled", String(busy));
/** @param {any} button */
const isBusy = (button) => button.getAttribute("aria-disabled") === "true";

/** @typedef {{begin: any, cancel: any, bar: any, says: any, of: any, shown: Element, mark: () => void}} Controls */

/** @param {any} job */
const ended = (job) => !["waiting", "running"].includes(job.state);

/** Start a job, and show how far it is until it has ended. @param {object} body @param {Controls} controls */
async function start(body, controls) {
  setBusy(controls.begin, true);
  controls.says.textContent = "";
  try {
    await follow(await asked("jobs", body), controls);
  } catch (error) {
    controls.says.textContent = /** @type {Error} */ (error).message;
    setBusy(controls.begin, false);
  }
}

/** Show how far a job is, and what it found once it is done. @param {any} job @param {Controls} controls */
async function follow(job, controls) {
  const { begin, cancel, bar, says, of } = controls;
  setBusy(begin, true);
  cancel.hidden = bar.hidden = false;
  cancel.onclick = () => fetch(`api/v1/jobs/${job.id}`, { method: "DELETE" });
  try {
    const last = await watched(job, (now) => progress(now, controls));
    if (last.state === "done") await show(last, controls);
    else says.textContent = `${last.says || "Cancelled."}${of.hidden ? "" : " What stands below is from before."}`;
  } catch (error) {
    says.textContent = /** @type {Error} */ (error).message;
  } finally {
    setBusy(begin, false);
    if (document.activeElement === cancel) begin.focus();
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
      if (ended(now)) {
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
  const words = now.after.length ? `Waiting for ${now.after.map(named).join(", then ")}` : now.step && now.step[0].toUpperCase() + now.step.slice(1);
  if (says.dataset.step !== words) says.textContent = words && `${words} …`; // a screen reader hears each step once
  says.dataset.step = words;
}

/** What a job that is waited for is called on this page. @param {string} job */
function named(job) {
  const title = ANALYSES.find((one) => one.job === job)?.title;
  return title ? `“${title}”` : "a brief or a study that is played";
}

/** Show what a job found, as the report shows it. @param {any} job @param {Controls} controls */
async function show(job, { says, of, shown, mark }) {
  const answer = await fetch(`api/v1/jobs/${job.id}/result.html`);
  if (!answer.ok) throw new Error((await answer.json()).error);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text(); // made by the server, every text in it escaped
  const link = (/** @type {string} */ path, /** @type {string} */ name, /** @type {string} */ says) =>
    made("a", { href: `api/v1/jobs/${job.id}/${path}`, download: name }, says);
  const tables = job.tables.map((/** @type {string} */ name) => link(`tables/${name}.csv`, `${name}.csv`, name.replaceAll("-", " ")));
  const kept = made("details", { className: "export" }, made("summary", {}, "Keep it"),
    made("p", {}, link("result", `${job.job}.json`, "all of it as JSON")),
    made("ul", {}, ...tables.map((/** @type {Element} */ one) => made("li", {}, one, " (CSV)"))));
  shown.replaceChildren(holder.content, kept);
  says.textContent = `Done in ${job.seconds.toFixed(0)} seconds.`;
  Object.assign(of, { of: job, hidden: false });
  mark();
}
