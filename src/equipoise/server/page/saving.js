// Keeping a view: in this browser, as text for the file or the command line, as a scenario, a brief or a study.
// @ts-check
import { watched } from "./analyses.js";
import { asked } from "./asking.js";
import { at, made } from "./showing.js";
import { address } from "./view.js";

/** @typedef {import("./view.js").View} View */

/**
 * Wire the dialog that keeps a view.
 * @param {() => View} view
 * @param {() => string} named  what the view is called, unless somebody says otherwise
 * @param {(name: string) => void} keep  in this browser
 */
export function wireSaving(view, named, keep) {
  const dialog = at("saving");
  at("save").onclick = () => {
    at("save-name").value = named();
    at("save-said").textContent = "";
    at("save-scenario").href = `api/v1/scenario.yaml?${address(view())}`;
    at("save-held-part").hidden = !at("held").textContent;
    at("save-set-part").hidden = !at("block").textContent;
    void folder();
    dialog.showModal();
  };
  at("save-here").onsubmit = (/** @type {SubmitEvent} */ sent) => {
    sent.preventDefault();
    keep(at("save-name").value);
    say("Kept in this browser; it stands under “Compare with”.");
  };
  for (const [button, source] of [["copy-command", "command"], ["copy-set", "block"], ["copy-held", "held"]]) {
    at(button).onclick = async () => {
      await navigator.clipboard.writeText(at(source).textContent);
      say("Copied.");
    };
  }
  at("save-brief").onclick = () => job({ job: "run", view: view() }, (done) => {
    made("a", { href: `api/v1/jobs/${done.id}/brief.html`, download: "brief.html" }).click();
    return "The brief is in your downloads.";
  });
  at("save-study").onsubmit = (/** @type {SubmitEvent} */ sent) => {
    sent.preventDefault();
    const out = at("study-name").value;
    void job({ job: "run", view: view(), out }, () => `The study is in the folder that is served, as ${out}.`);
  };
}

/** Studies are written only where the server was given a folder. */
async function folder() {
  const situation = await asked("situation");
  at("study-part").hidden = !situation.folder;
  at("no-folder").hidden = situation.folder;
}

/** @param {string} text */
function say(text) {
  at("save-said").textContent = text;
}

/** Do a job, and say how far it is and what came of it. @param {object} body @param {(done: any) => string} ended */
async function job(body, ended) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (at("saving").querySelectorAll("[data-job]"));
  for (const button of buttons) button.disabled = true;
  try {
    const last = await watched(await asked("jobs", body), (now) => {
      say(now.of ? `${now.step}: ${Math.round((100 * now.done) / now.of)} %` : `${now.step} …`);
    });
    say(last.state === "done" ? ended(last) : last.says || "It was ended.");
  } catch (error) {
    say(/** @type {Error} */ (error).message);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}
