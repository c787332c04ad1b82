// How does the form of a segment keep up with who fills it in? The server draws every block; here only what was pressed
// is sent, and what comes back is put in its place. A newer request overtakes an older one; the
// place of a count stays, since an answer whose place was replaced meanwhile is dropped.
interface Htmx {
  ajax(verb: string, path: string, given: object): Promise<unknown>;
}
const htmx = (): Htmx => (window as unknown as { htmx: Htmx }).htmx;
const RESTS = 900; // milliseconds after a count until its customers are asked for

class SegmentForm extends HTMLElement {
  private rest = 0;
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
    document.addEventListener("htmx:after:swap", (event) => this.settle(form, event));
    this.querySelector<HTMLElement>('[data-piece="sample"]')!.dataset.open = "yes";
    if (!form.querySelector("#blocks .node")) return;
    if (document.readyState === "complete") this.count(form); // earlier htmx is not ready
    else window.addEventListener("load", () => window.setTimeout(() => this.count(form)), { once: true });
  }

  private press(form: HTMLFormElement, act: string): void {
    if (act === "find:count") return this.count(form);
    const piece = act.startsWith("find:") ? act.slice(5) : "";
    if (!piece) return this.draw(form, act);
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
    source.addEventListener("htmx:before:swap", () => {
      for (const [name, value] of new FormData(form)) if (sent.get(name) !== value) typed.set(name, String(value));
    }, { once: true });
    await htmx().ajax("POST", form.action, { source, target: "#blocks", swap: "outerHTML", values: { act } });
    if (/^(up|down|remove|nest|out|copy|unwhere):/.test(act)) return; // fields have other names now
    for (const [name, value] of typed) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
  }

  private ask(form: HTMLFormElement, piece: string): void {
    const target = `#piece-${piece}`;
    const place = this.querySelector(target)!;
    place.setAttribute("aria-busy", "true");
    const values = { ...Object.fromEntries(new FormData(form)), act: `find:${piece}` };
    void htmx().ajax("POST", form.action, { source: place, target, swap: "innerHTML", values }).then(() => place.removeAttribute("aria-busy"));
  }

  /** After a count, what else is open is asked for again: the customers once all is quiet. */
  private settle(form: HTMLFormElement, event: Event): void {
    const swapped = (event as CustomEvent).detail?.ctx?.target as Element | undefined;
    if (swapped?.id !== "found-count") return;
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      for (const each of this.querySelectorAll<HTMLElement>("[data-piece][data-open]")) this.ask(form, each.dataset.piece!);
    }, RESTS);
  }
}
customElements.define("segment-form", SegmentForm);
export {};
