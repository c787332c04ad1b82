// When do live parts of a page ask again? Only while somebody looks: a hidden tab asks nothing. The server ends a poll
// by sending the part without its trigger.
document.addEventListener("htmx:config:request", (event) => {
  const asked = (event as CustomEvent).detail?.ctx?.sourceEvent?.type;
  if (asked === "every" && document.hidden) event.preventDefault();
});
