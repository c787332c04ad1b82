// When do live parts of a page ask again? Only while somebody looks: a hidden tab asks nothing. The server ends a poll
// by sending the part without its trigger; a refusal (signed out, gone) ends it too.
interface Context {
  sourceElement: Element;
  sourceEvent?: Event;
  response?: { status: number };
}
const refused = new WeakSet<Element>();
const polls = (event: Event): Context | undefined => {
  const given = (event as CustomEvent).detail?.ctx as Context | undefined;
  return given?.sourceEvent?.type === "every" ? given : undefined;
};

document.addEventListener("htmx:config:request", (event) => {
  const poll = polls(event);
  if (poll && (document.hidden || refused.has(poll.sourceElement))) event.preventDefault();
});
document.addEventListener("htmx:response:error", (event) => {
  const poll = polls(event);
  if (poll && poll.response!.status < 500) refused.add(poll.sourceElement);
});
export {};
