// Asking the server: one question in flight, the newest next; few futures while a slider moves, all when it rests.
// @ts-check

const PAUSE = 220;
const client = crypto.randomUUID();

/**
 * Ask the server; a body is posted unless `how` says otherwise.
 * @param {string} path @param {unknown} [body] @param {RequestInit} [how]
 * @returns {Promise<any>}
 */
export async function asked(path, body, how = {}) {
  const sent = body === undefined ? {} : {
    method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" },
  };
  const answer = await fetch(`api/v1/${path}`, { ...sent, ...how });
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.error), { status: answer.status });
  return found;
}

/** Asks for a view, stage by stage, and tells what came. */
export class Asking {
  /**
   * @param {(stage: string) => object} question  what is asked now, as the server takes it
   * @param {(found: any, stage: string) => void} show  what came, and the stage it was asked for
   * @param {(error: Error) => void} fail
   */
  constructor(question, show, fail) {
    this.client = client;
    this.question = question;
    this.show = show;
    this.fail = fail;
    this.dragging = false;
    /** @type {string | null} */ this.next = null;
    /** @type {{stage: string, abort: AbortController} | null} */ this.flying = null;
    /** @type {number | undefined} */ this.timer = undefined;
  }

  /** Ask of the view as it now is. @param {{dragging?: boolean, stage?: string}} [how] */
  now(how = {}) {
    this.dragging = how.dragging ?? false;
    clearTimeout(this.timer);
    this.next = how.stage ?? "first";
    if (this.flying && this.flying.stage !== "first") this.flying.abort.abort();
    void this.#send();
  }

  async #send() {
    if (this.flying || !this.next) return;
    const stage = this.next;
    const flight = { stage, abort: new AbortController() };
    this.next = null;
    this.flying = flight;
    try {
      const found = await asked("what-if", { ...this.question(stage), stage, client }, { signal: flight.abort.signal });
      this.show(found, stage);
      if (!this.next) this.#goOn(stage);
    } catch (error) {
      const cut = error instanceof DOMException || /** @type {any} */ (error).status === 409;
      if (!cut) this.fail(/** @type {Error} */ (error));
    } finally {
      this.flying = null;
    }
    void this.#send();
  }

  /** After an answer that nothing newer follows: more futures. @param {string} stage */
  #goOn(stage) {
    if (stage === "full") return;
    if (!this.dragging) this.next = "full";
    else if (stage === "first") {
      this.timer = setTimeout(() => {
        this.next = "pause";
        void this.#send();
      }, PAUSE);
    }
  }
}
