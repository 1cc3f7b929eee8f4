const PAUSE_MS = 250;

/** Asks about an input's value as it is typed, and shows the answer under it. Only the newest answer counts. */
export function checkAsTyped(element: HTMLElement) {
  const input = element as HTMLInputElement;
  const answer = document.querySelector<HTMLElement>(`[data-check-for="${input.id}"]`);
  if (!answer) return;
  const companions = (input.dataset.checkWith?.split(' ') ?? [])
    .map((name) => input.form?.querySelector(`[name="${name}"]`) as HTMLInputElement | null | undefined)
    .filter((field) => !!field);

  let asked: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    asked?.abort();
    if (input.value.trim() === '') {
      answer.replaceChildren();
      return;
    }
    asked = new AbortController();
    const query = new URLSearchParams([input, ...companions].map((field) => [field.name, field.value]));
    const response = await fetch(`${input.dataset.check}?${query}`, { signal: asked.signal }).catch(() => null);
    if (response?.ok && !response.redirected) answer.innerHTML = await response.text();
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  };
  for (const field of [input, ...companions]) field.addEventListener('input', soon);
  if (input.value) ask();
}
