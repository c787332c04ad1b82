// Where is what I had begun to write? Still there after a reload, in this tab only, until it is sent. While somebody
// writes, the page says so to whoever else has it open.
class KeepDraft extends HTMLElement {
  private rests = 0;

  connectedCallback(): void {
    const field = this.querySelector("textarea");
    const form = field?.form;
    if (!field || !form) return;
    const key = `draft ${form.action}`;
    if (!field.value) field.value = sessionStorage.getItem(key) ?? "";
    field.addEventListener("input", () => {
      sessionStorage.setItem(key, field.value);
      this.says("yes");
      window.clearTimeout(this.rests);
      this.rests = window.setTimeout(() => this.says("no"), 3000);
    });
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }

  private says(writing: string): void {
    const told = document.querySelector<HTMLInputElement>("[data-writing]");
    if (told) told.value = writing;
  }
}
customElements.define("keep-draft", KeepDraft);
