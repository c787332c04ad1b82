// Where is what I had begun to write? Still there after a reload, in this tab only, until it is sent.
class KeepDraft extends HTMLElement {
  connectedCallback(): void {
    const field = this.querySelector("textarea");
    const form = field?.form;
    if (!field || !form) return;
    const key = `draft ${form.action}`;
    if (!field.value) field.value = sessionStorage.getItem(key) ?? "";
    field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
    form.addEventListener("submit", () => sessionStorage.removeItem(key));
  }
}
customElements.define("keep-draft", KeepDraft);
