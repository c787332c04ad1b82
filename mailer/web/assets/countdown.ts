// How long can this still be undone? Counted down here; when it is over the button goes. The server decides by its own
// clock.
class CountDown extends HTMLElement {
  connectedCallback(): void {
    const left = this.querySelector("[data-left]");
    const end = performance.now() + parseInt(left?.textContent ?? "0", 10) * 1000;
    const tick = window.setInterval(() => {
      const seconds = Math.ceil((end - performance.now()) / 1000);
      if (left) left.textContent = `${seconds} second${seconds === 1 ? "" : "s"}`;
      if (seconds > 0 && this.isConnected) return;
      window.clearInterval(tick);
      this.remove();
    }, 250);
  }
}
customElements.define("count-down", CountDown);
