// Which keys work here? Those that the page lists in its overlay, opened by "?". They sleep while somebody types, and can
// be turned off (WCAG 2.2, 2.1.4).
const OFF = "shortcuts off";

class ShortCuts extends HTMLElement {
  private first = "";

  connectedCallback(): void {
    const dialog = this.querySelector("dialog");
    const on = this.querySelector<HTMLInputElement>("input[type=checkbox]");
    if (!dialog || !on) return;
    on.checked = localStorage.getItem(OFF) === null;
    on.addEventListener("change", () => (on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
    for (const press of document.querySelectorAll<HTMLElement>("[data-keys]")) {
      press.hidden = false;
      press.addEventListener("click", () => dialog.showModal());
    }
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || typing(event.target)) return;
      if (on.checked && this.act(event.key, dialog)) event.preventDefault();
    });
  }

  private act(key: string, dialog: HTMLDialogElement): boolean {
    const keys = this.first + key;
    this.first = key === "g" ? "g" : "";
    if (key === "?") dialog.showModal();
    else if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
    else {
      const target = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(keys)}"]`);
      if (!target) return false;
      const folded = target.closest("details");
      if (folded && target.tagName !== "SUMMARY") folded.open = true;
      if (target instanceof HTMLAnchorElement) target.click();
      else target.focus();
    }
    return true;
  }
}

/** Say whether a key pressed here is text. */
function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Go to the next or the previous line of a list. */
function step(by: number): boolean {
  const lines = [...document.querySelectorAll<HTMLElement>("[data-line]")];
  const here = lines.indexOf(document.activeElement as HTMLElement);
  const next = lines[here < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(Math.max(here + by, 0), lines.length - 1)];
  next?.focus();
  return next !== undefined;
}

customElements.define("short-cuts", ShortCuts);
