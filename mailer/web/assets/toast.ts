// How does one get rid of a message? By a button, or with Escape; it never goes by itself, so nobody misses it.
class ToastNote extends HTMLElement {
  connectedCallback(): void {
    if (this.querySelector("button")) return;
    const press = document.createElement("button");
    press.type = "button";
    press.className = "dismiss";
    press.setAttribute("aria-label", "Dismiss this message");
    press.textContent = "×";
    press.addEventListener("click", () => this.remove());
    this.append(press);
    this.classList.add("floats");
  }
}
customElements.define("toast-note", ToastNote);
