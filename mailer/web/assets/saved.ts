// How are saved replies put in? By typing "/" and a few letters of the title, then Enter; or by their buttons, which here
// put the words where one writes. Without a script the same buttons ask the server, which puts them at the end.
const SLASH = /(?:^|\s)\/([^\n/]{0,40})$/;

class SavedReplies extends HTMLElement {
  private field?: HTMLTextAreaElement;
  private list = document.createElement("ul");
  private chosen = 0;

  connectedCallback(): void {
    const field = this.closest("form")?.querySelector("textarea");
    if (!field || this.field) return;
    this.field = field;
    this.list.id = "saved-matches";
    this.list.className = "matches";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Saved replies");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("aria-autocomplete", "list");
    this.append(this.list);
    for (const button of this.buttons()) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.insert(button, 0);
        button.closest("details")!.open = false;
      });
    }
    field.addEventListener("input", () => this.match());
    field.addEventListener("blur", () => this.close());
    field.addEventListener("keydown", (event) => this.press(event));
  }

  private buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>("button[data-words]")];
  }

  private asked(): string | undefined {
    const field = this.field!;
    return SLASH.exec(field.value.slice(0, field.selectionStart))?.[1];
  }

  private match(): void {
    const asked = this.asked()?.toLowerCase();
    const found = asked === undefined ? [] : this.buttons().filter((each) => each.textContent!.toLowerCase().includes(asked));
    if (!found.length) return this.close();
    this.list.replaceChildren(...found.slice(0, 8).map((button, at) => this.option(button, at)));
    this.choose(0);
    this.list.hidden = false;
  }

  private option(button: HTMLButtonElement, at: number): HTMLLIElement {
    const option = document.createElement("li");
    option.id = `saved-match-${at}`;
    option.setAttribute("role", "option");
    option.textContent = button.textContent;
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.insert(button, (this.asked()?.length ?? -1) + 1);
    });
    return option;
  }

  private choose(at: number): void {
    const options = [...this.list.children];
    this.chosen = (at + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.chosen)));
    this.field!.setAttribute("aria-activedescendant", options[this.chosen]!.id);
    options[this.chosen]!.scrollIntoView({ block: "nearest" });
  }

  private press(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" || event.key === "Tab") this.list.children[this.chosen]!.dispatchEvent(new MouseEvent("mousedown", { cancelable: true }));
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Put the words of a button where the cursor is, instead of so many characters before it. */
  private insert(button: HTMLButtonElement, instead: number): void {
    const field = this.field!;
    const from = field.selectionStart - instead;
    field.focus();
    field.setRangeText(button.dataset.words ?? "", from, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }

  private close(): void {
    this.list.hidden = true;
    this.field!.removeAttribute("aria-activedescendant");
  }
}
customElements.define("saved-replies", SavedReplies);
