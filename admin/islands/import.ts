/** A file sent in pieces, and an import driven on, with how far it has got and how long it will take. */
const TRIES = 6;
const FIRST_PAUSE_MS = 500;

/** `[data-import="coupons"]`: sends the file of the form in it in pieces of `data-piece-bytes`, not whole; one that broke off goes on. */
export function upload(element: HTMLElement) {
  const input = element.querySelector<HTMLInputElement>('input[type="file"]');
  const say = sayer(element);
  const button = element.querySelector<HTMLButtonElement>('button[type="submit"]');
  element.addEventListener('submit', async (event) => {
    const file = input?.files?.[0];
    if (!file || file.size === 0 || !say || !button) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const id = await send(element.dataset, file, say);
      location.assign(
        await textOf(`/admin/imports/${id}/uploaded`, { method: 'POST', headers: JSON_TYPE, body: '{}' }),
      );
    } catch (error) {
      button.disabled = false;
      say.text(`${error instanceof Refused ? error.message : 'The connection was lost.'} Choose Upload to go on.`);
    }
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function send(asked: DOMStringMap, file: File, say: Say): Promise<number> {
  const size = Number(asked.pieceBytes);
  const piece = (number: number) => file.slice(number * size, (number + 1) * size).arrayBuffer();
  const open = async (anew: boolean) => {
    const body = JSON.stringify({ kind: asked.import, fileName: file.name, bytes: file.size, anew });
    const text = await textOf('/admin/imports', { method: 'POST', headers: JSON_TYPE, body });
    return JSON.parse(text) as { id: number; arrived: number; hashes: string[] };
  };
  let { id, arrived, hashes } = await open(false);
  // Goes on only with the same file: a letter that was mended may stand in any of its pieces.
  for (const [number, hash] of hashes.entries())
    if (hash !== (await hashOf(await piece(number)))) {
      ({ id, arrived } = await open(true));
      break;
    }
  const pieces = Math.ceil(file.size / size);
  const left = timeLeft();
  for (let number = arrived; number < pieces; number++) {
    say.done(
      number,
      pieces,
      `Uploading: ${megabytes(number * size)} of ${megabytes(file.size)}${left(number, pieces)}`,
    );
    const headers = { 'content-type': 'application/octet-stream' };
    await textOf(`/admin/imports/${id}/pieces/${number}`, { method: 'PUT', headers, body: await piece(number) });
  }
  say.done(pieces, pieces, 'Uploaded. Having a look at it…');
  return id;
}

/** `[data-import-steps="/url"]`: asks for step after step until the import is settled, then shows what came of it. */
export async function drive(element: HTMLElement) {
  const say = sayer(element);
  if (!say) return;
  for (const form of element.querySelectorAll('form')) form.hidden = true;
  const left = timeLeft();
  for (;;) {
    try {
      const body = await textOf(element.dataset.importSteps ?? '', { method: 'POST', headers: JSON_TYPE, body: '{}' });
      const step = JSON.parse(body) as { settled: boolean; done: number; total: number; text: string };
      say.done(step.done, step.total, step.text + left(step.done, step.total));
      if (step.settled) break;
    } catch {
      say.text('The connection was lost. The import goes on by itself; open this page again to see how far it is.');
      return;
    }
  }
  location.reload();
}

interface Say {
  done(done: number, total: number, text: string): void;
  text(text: string): void;
}

function sayer(around: HTMLElement): Say | null {
  const box = around.querySelector<HTMLElement>('[data-progress]');
  const bar = box?.querySelector('progress');
  const words = box?.querySelector('[data-progress-text]');
  if (!box || !bar || !words) return null;
  return {
    done(done, total, text) {
      bar.max = Math.max(total, 1);
      bar.value = done;
      this.text(text);
    },
    text(text) {
      box.hidden = false;
      words.textContent = text;
    },
  };
}

/** The answer's text, tried again where the way to it fails. */
async function textOf(path: string, init: RequestInit): Promise<string> {
  for (let tried = 1; ; tried++) {
    const answer = await fetch(path, { ...init, redirect: 'error' }).catch(() => null);
    if (answer?.ok) return answer.text();
    if (answer && answer.status < 500) throw new Refused(await answer.text());
    if (tried === TRIES) throw new Error(`${path} ${answer?.status}`);
    await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** tried));
  }
}

class Refused extends Error {}

/** '' where the page has no secure origin, and so no hashes: the upload then begins anew. */
async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const hash = await crypto.subtle?.digest('SHA-256', bytes);
  return hash ? Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('') : '';
}

/** From how fast it has gone since this page was opened. */
function timeLeft() {
  const begun = Date.now();
  let from: number | undefined;
  return (done: number, total: number) => {
    from ??= done;
    const spent = Date.now() - begun;
    if (done <= from || done >= total || spent < 2_000) return '';
    const seconds = Math.ceil(((total - done) * spent) / (done - from) / 1000);
    return seconds < 90 ? ` · about ${seconds} seconds left` : ` · about ${Math.round(seconds / 60)} minutes left`;
  };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
