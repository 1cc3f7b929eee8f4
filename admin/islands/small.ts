const SAID_FOR_MS = 2000;

/** A button that copies `data-copy`. */
export function copy(button: HTMLElement) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  const said = button.querySelector('[data-copy-said]') ?? button;
  const before = said.textContent;
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText(button.dataset.copy ?? '').then(
      () => true,
      () => false,
    );
    said.textContent = copied ? 'Copied' : 'Not allowed';
    setTimeout(() => {
      said.textContent = before;
    }, SAID_FOR_MS);
  });
}

/** A checkbox that checks all others named `data-check-all`, and shows whether all, some or none are. */
export function checkAll(element: HTMLElement) {
  const all = element as HTMLInputElement;
  const boxes = [...(all.form ?? document).querySelectorAll<HTMLInputElement>(`input[name="${all.dataset.checkAll}"]`)];
  const show = () => {
    const checked = boxes.filter((box) => box.checked).length;
    all.checked = checked > 0 && checked === boxes.length;
    all.indeterminate = checked > 0 && checked < boxes.length;
  };
  all.hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener('change', show);
  show();
}

/** A <details> that closes like a menu. */
export function menu(element: HTMLElement) {
  const details = element as HTMLDetailsElement;
  document.addEventListener('click', (event) => {
    if (!details.contains(event.target as Node)) details.open = false;
  });
  details.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return;
    details.open = false;
    details.querySelector('summary')?.focus();
  });
}
