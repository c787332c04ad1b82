// How does one find a field among many? By typing. <find-one> makes its list of options one that is searched (the
// combobox of the ARIA practices); the list stays what is sent, so that without a script it is simply a list.
// What else is known of an option (what it means, what was seen) stands once on the page, in #told.
interface Found {
  option: HTMLOptionElement;
  heading: string;
  hint: string;
  words: string;
}

const told = (of: string, name: string): string =>
  document.querySelector(`#told [data-of="${CSS.escape(of)}"][data-name="${CSS.escape(name)}"]`)?.textContent?.trim() ?? "";

class FindOne extends HTMLElement {
  private select!: HTMLSelectElement;
  private field!: HTMLInputElement;
  private list!: HTMLUListElement;
  private all: Found[] = [];
  private shown: Found[] = [];
  private at = -1;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (!select || this.querySelector("[role=combobox]")) return;
    this.select = select;
    const of = this.dataset.of ?? "";
    this.all = [...select.options].filter((option) => option.value).map((option) => {
      const hint = told(of, option.value);
      const heading = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement.label : "";
      return { option, heading, hint, words: `${option.label} ${option.value.replace(/[_.]/g, " ")} ${hint}`.toLowerCase() };
    });
    const field = document.createElement("input");
    const list = document.createElement("ul");
    this.field = field;
    this.list = list;
    field.id = select.id;
    select.removeAttribute("id");
    list.id = `${field.id}-found`;
    for (const name of ["aria-label", "aria-invalid", "aria-describedby"]) {
      const value = select.getAttribute(name);
      if (value !== null) field.setAttribute(name, value);
    }
    const given = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off", spellcheck: "false", placeholder: this.dataset.empty ?? "" };
    for (const [name, value] of Object.entries(given)) field.setAttribute(name, value);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", select.getAttribute("aria-label") ?? "");
    list.hidden = true;
    field.value = this.words();
    select.hidden = true;
    this.prepend(field); // first, so that a label around it means it
    this.append(list);
    field.addEventListener("input", (event) => (event.stopPropagation(), this.open(field.value)));
    field.addEventListener("change", (event) => event.stopPropagation());
    field.addEventListener("focus", () => field.select());
    field.addEventListener("click", () => list.hidden && this.open(""));
    field.addEventListener("blur", () => this.leave());
    field.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const line = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (line) this.take(this.shown[Number(line.dataset.at)]!);
    });
    if (select.autofocus) field.focus();
  }

  private words(): string {
    return this.select.value ? (this.select.selectedOptions[0]?.label ?? "") : "";
  }

  private open(typed: string): void {
    const asked = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = this.all.filter((one) => asked.every((word) => one.words.includes(word)));
    const rank = (one: Found): number => (asked.length === 0 ? 0 : one.option.label.toLowerCase().startsWith(asked[0]!) ? 0 : one.option.label.toLowerCase().includes(asked[0]!) ? 1 : 2);
    this.shown = asked.length ? fits.map((one, n) => ({ one, n })).sort((a, b) => rank(a.one) - rank(b.one) || a.n - b.n).map((each) => each.one) : fits;
    this.list.replaceChildren();
    let heading = "";
    this.shown.forEach((one, n) => {
      if (!asked.length && one.heading && one.heading !== heading) {
        const head = document.createElement("li");
        head.setAttribute("role", "presentation");
        head.className = "heading";
        head.textContent = heading = one.heading;
        this.list.append(head);
      }
      const line = document.createElement("li");
      line.id = `${this.list.id}-${n}`;
      line.dataset.at = String(n);
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      const label = document.createElement("strong");
      label.textContent = one.option.label;
      line.append(label);
      if (one.hint) {
        const hint = document.createElement("span");
        hint.textContent = one.hint;
        line.append(hint);
      }
      this.list.append(line);
    });
    if (!this.shown.length) {
      const none = document.createElement("li");
      none.setAttribute("role", "presentation");
      none.className = "heading";
      none.textContent = `Nothing is called “${typed}”`;
      this.list.append(none);
    }
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    const chosen = this.shown.findIndex((one) => one.option.selected);
    this.mark(asked.length && this.shown.length ? 0 : chosen);
  }

  private mark(at: number): void {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    this.at = at;
    const line = document.getElementById(`${this.list.id}-${at}`);
    line?.setAttribute("aria-selected", "true");
    line?.scrollIntoView({ block: "nearest" });
    if (line) this.field.setAttribute("aria-activedescendant", line.id);
    else this.field.removeAttribute("aria-activedescendant");
  }

  private close(): void {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  private leave(): void {
    this.close();
    if (!this.field.value.trim() && this.select.value) this.choose("");
    else this.field.value = this.words();
  }

  private take(one: Found): void {
    this.close();
    this.field.value = one.option.label;
    this.choose(one.option.value);
  }

  private choose(value: string): void {
    if (this.select.value === value) return;
    this.select.value = value;
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  private key(event: KeyboardEvent): void {
    const opened = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!opened) this.open("");
      else {
        const by = event.key === "ArrowDown" ? 1 : -1;
        this.mark((this.at + by + this.shown.length) % Math.max(this.shown.length, 1));
      }
    } else if (event.key === "Enter") {
      const one = this.shown[this.at];
      if (opened && one) this.take(one);
    } else if (event.key === "Escape" && opened) {
      event.stopPropagation();
      this.close();
      this.field.value = this.words();
    } else if (event.key === "Tab" && opened && this.shown[this.at] && this.field.value) {
      this.take(this.shown[this.at]!);
      return;
    } else return;
    event.preventDefault();
  }
}
customElements.define("find-one", FindOne);
export {};
