const EVERY_S = 5;

/** Keeps an element's content as fresh as its address, while somebody looks at it. */
export function live(element: HTMLElement) {
  let shown = '';
  const refresh = async () => {
    if (document.hidden || element.contains(document.activeElement)) return;
    const response = await fetch(element.dataset.live ?? '').catch(() => null);
    // A redirect leads to the sign-in page: not what belongs here.
    if (!response?.ok || response.redirected) return;
    const html = await response.text();
    if (html === shown) return;
    shown = html;
    element.innerHTML = html;
  };
  setInterval(refresh, Number(element.dataset.liveEvery ?? EVERY_S) * 1000);
}
