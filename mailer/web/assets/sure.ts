// How does one say no to "are you sure"? With Escape, or by pressing anywhere else. The question itself is a <details>
// that needs no script.
const asked = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details.sure[open]")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const question of asked()) {
    question.open = false;
    question.querySelector("summary")?.focus();
  }
});

document.addEventListener("click", (event) => {
  for (const question of asked()) if (!question.contains(event.target as Node)) question.open = false;
});

export {};
