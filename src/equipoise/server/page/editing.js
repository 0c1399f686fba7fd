// The file in the page: what is wrong with it as it is typed, what it changes, and taking it for the situation.
// @ts-check
import { asked } from "./asking.js";
import { at, made } from "./showing.js";

const REST = 350;

/** Show what is wrong, each with its line; a press goes there. @param {Element} list @param {any[]} problems @param {any} [field] */
export function listProblems(list, problems, field) {
  list.replaceChildren(...problems.map((problem) => {
    const text = problem.line ? `Line ${problem.line}: ${problem.says}` : problem.says;
    if (!field || !problem.line) return made("li", {}, text);
    return made("li", {}, made("button", { type: "button", onclick: () => goTo(field, problem.line) }, text));
  }));
}

/** Put the cursor on a line. @param {any} field @param {number} line */
function goTo(field, line) {
  const lines = field.value.split("\n");
  const begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
  field.scrollTop = (line - 4) * (field.scrollHeight / lines.length);
}

/** @param {string} path @param {unknown} body */
async function put(path, body) {
  const answer = await fetch(`api/v1/${path}`, {
    method: "PUT", body: JSON.stringify(body), headers: { "content-type": "application/json" },
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

/** Wire the editor; it loads the text when it is first opened. */
export function wireEditing() {
  const [field, list, said] = [at("text"), at("text-problems"), at("text-said")];
  /** @type {number | undefined} */ let timer;

  async function check() {
    at("take").disabled = at("text-save").disabled = true;
    const found = await asked("check", { text: field.value }).catch((error) => ({ error }));
    if (found.error) {
      said.textContent = `It was not checked: ${found.error.message}`;
      return;
    }
    listProblems(list, found.problems, field);
    const wrong = found.problems.length;
    said.textContent = wrong ? `${wrong} ${wrong === 1 ? "problem" : "problems"}` : "Nothing is wrong with it.";
    at("text-changes").textContent = found.changes.join("\n");
    at("take").disabled = at("text-save").disabled = wrong > 0;
  }

  async function take(/** @type {boolean} */ save) {
    try {
      const found = await put("text", { text: field.value, save });
      listProblems(list, found.problems, field);
      if (!found.problems.length) location.reload();
    } catch (error) {
      said.textContent = /** @type {Error} */ (error).message;
    }
  }

  at("editor").addEventListener("toggle", async () => {
    if (!at("editor").open || field.value) return;
    const held = await asked("text");
    field.value = held.text;
    at("text-save").hidden = held.file === null;
    at("text-save").textContent = `Save in ${held.file}`;
    await check();
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, REST);
  });
  at("take").onclick = () => take(false);
  at("text-save").onclick = () => take(true);
}

/** Hear when the file was saved: a right text is shown at once, what is wrong stands beside the last answer. @param {string} scenario */
export function wireChanges(scenario) {
  const source = new EventSource("api/v1/changes");
  source.onmessage = (message) => {
    const { problems, scenario: now } = JSON.parse(message.data);
    if (now !== scenario) {
      source.close();
      location.reload();
      return;
    }
    if (problems.length || !at("problems").dataset.address) {
      listProblems(at("problem-list"), problems);
      at("problems").hidden = problems.length === 0;
    }
  };
}
