// How does the form of a segment keep up with who fills it in? The server draws every block; here only what was pressed
// is sent, and what comes back is put in its place. One count is under way at a time, and only the newest question waits
// for it ("queue last"): a server counts on for who has gone, so questions that overtook each other would pile up there
// until the newest waits longer than anybody waits. A count that failed is asked for again, while it is the newest. The
// place of a count stays, since an answer whose place was replaced meanwhile is dropped.
interface Htmx {
  ajax(verb: string, path: string, given: object): Promise<unknown>;
}
const htmx = (): Htmx => (window as unknown as { htmx: Htmx }).htmx;
const RESTS = 900; // milliseconds after a count until its customers are asked for
const AGAIN = [1000, 3000, 9000]; // milliseconds until a count that did not come is asked for once more

interface Context {
  target?: Element;
  response?: { status: number };
  status: string;
}
const context = (event: Event): Context | undefined => (event as CustomEvent).detail?.ctx;

class SegmentForm extends HTMLElement {
  private rest = 0;
  private asked = 0; // counts, so far
  private failed = 0; // of them, in a row
  private drawing: Promise<unknown> = Promise.resolve(); // one after another: each draws what the last one left

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form || this.dataset.ready) return;
    this.dataset.ready = "yes";
    this.classList.add("scripted");
    form.addEventListener("submit", (event) => {
      const pressed = event.submitter as HTMLButtonElement | null;
      if (pressed?.name !== "act") return; // kept: an ordinary form
      event.preventDefault();
      this.press(form, pressed.value);
    });
    form.addEventListener("change", (event) => {
      if (!(event.target as Element).closest("[data-shows]")) return;
      event.stopPropagation(); // it is drawn first, and counted then
      this.draw(form, "show:1");
    }, { capture: true });
    document.addEventListener("htmx:before:request", (event) => {
      const place = context(event)?.target;
      if (place?.id === "found-count") this.asked += 1;
      place?.setAttribute("aria-busy", "true");
    });
    document.addEventListener("htmx:finally:request", (event) => {
      context(event)?.target?.removeAttribute("aria-busy");
      this.settle(form, context(event));
    });
    this.querySelector<HTMLElement>('[data-piece="sample"]')!.dataset.open = "yes";
    if (!form.querySelector("#blocks .node")) return;
    if (document.readyState === "complete") this.count(form); // earlier htmx is not ready
    else window.addEventListener("load", () => window.setTimeout(() => this.count(form)), { once: true });
  }

  private press(form: HTMLFormElement, act: string): void {
    if (act === "find:count") return this.count(form);
    const piece = act.startsWith("find:") ? act.slice(5) : "";
    if (!piece) {
      for (const menu of form.querySelectorAll<HTMLDetailsElement>("#blocks details[open]")) menu.open = false;
      return this.draw(form, act);
    }
    this.querySelector<HTMLElement>(`[data-piece="${piece}"]`)!.dataset.open = "yes";
    this.ask(form, piece);
  }

  private count(form: HTMLFormElement): void {
    void htmx().ajax("POST", form.action, { source: form, target: "#found-count", swap: "innerHTML", values: { act: "find:count" } });
  }

  /** Draw the blocks anew as a button leaves them, then count. */
  private draw(form: HTMLFormElement, act: string): void {
    this.drawing = this.drawing.then(() => this.drawn(form, act)).then(() => this.count(form));
  }

  private async drawn(form: HTMLFormElement, act: string): Promise<void> {
    const source = form.querySelector("#blocks")!;
    const sent = new FormData(form);
    const typed = new Map<string, string>(); // while the server drew
    let opened: string[] = []; // menus, meanwhile
    source.addEventListener("htmx:before:swap", () => {
      for (const [name, value] of new FormData(form)) if (sent.get(name) !== value) typed.set(name, String(value));
      opened = [...source.querySelectorAll("details[open]")].map((each) => each.id);
    }, { once: true });
    await htmx().ajax("POST", form.action, { source, target: "#blocks", swap: "outerHTML", values: { act } });
    if (/^(up|down|remove|nest|out|copy|unwhere):/.test(act)) return; // fields have other names now
    for (const menu of form.querySelectorAll<HTMLDetailsElement>("#blocks details")) if (opened.includes(menu.id)) menu.open = true;
    for (const [name, value] of typed) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
  }

  private ask(form: HTMLFormElement, piece: string): void {
    const target = `#piece-${piece}`;
    const values = { ...Object.fromEntries(new FormData(form)), act: `find:${piece}` };
    void htmx().ajax("POST", form.action, { source: this.querySelector(target)!, target, swap: "innerHTML", values });
  }

  /** After a count, what else is open is asked for again: the customers once all is quiet. A failed one is asked again. */
  private settle(form: HTMLFormElement, request?: Context): void {
    const place = request?.target;
    if (!request || place?.id !== "found-count") return;
    window.clearTimeout(this.rest);
    if (request.status !== "swapped" || (request.response?.status ?? 0) >= 400) return this.again(form, place, this.asked);
    this.failed = 0;
    this.rest = window.setTimeout(() => {
      for (const each of this.querySelectorAll<HTMLElement>("[data-piece][data-open]")) this.ask(form, each.dataset.piece!);
    }, RESTS);
  }

  private again(form: HTMLFormElement, place: Element, asked: number): void {
    const wait = AGAIN[this.failed];
    this.failed += 1;
    if (wait !== undefined) {
      window.setTimeout(() => asked === this.asked && this.count(form), wait); // unless a newer one is under way
      return;
    }
    this.failed = 0;
    const said = document.createElement("p");
    const press = document.createElement("button");
    said.className = "warn";
    said.textContent = "The count did not come. ";
    press.className = "quiet little";
    press.type = "button";
    press.textContent = "Count again";
    press.addEventListener("click", () => this.count(form));
    said.append(press);
    place.replaceChildren(said);
  }
}
customElements.define("segment-form", SegmentForm);
export {};
