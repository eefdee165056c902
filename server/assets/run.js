const root = document.getElementById('run');
const id = encodeURIComponent(root.dataset.id);
const message = document.getElementById('message');

/** What a person may have filled in. */
const FIELDS = 'input[id], textarea[id], select[id]';

/** Puts a part's new text in place; what was unfolded, typed or in focus stays so. */
function replace(place, text) {
  const open = [...place.querySelectorAll('details[open]')].map((details) => details.id);
  const typed = new Map([...place.querySelectorAll(FIELDS)].map((field) => [field.id, field.value]));
  const scrolled = place.querySelector('.graph, .wide');
  const at = [scrolled?.scrollLeft ?? 0, scrolled?.scrollTop ?? 0];
  const active = place.contains(document.activeElement) ? document.activeElement : undefined;
  const focus =
    active &&
    (active.id
      ? `#${CSS.escape(active.id)}`
      : active.getAttribute('href') && `a[href="${CSS.escape(active.getAttribute('href'))}"]`);
  place.innerHTML = text;
  for (const name of open) {
    const details = name && document.getElementById(name);
    if (details) details.open = true;
  }
  for (const [name, value] of typed) {
    const input = document.getElementById(name);
    if (input) input.value = value;
  }
  place.querySelector('.graph, .wide')?.scrollTo(...at);
  if (focus) place.querySelector(focus)?.focus({ preventScroll: true });
}

const shown = new Map();
let asked = 0;
let newest = 0;

/** False when everything is shown and the run has ended. */
async function refresh() {
  const turn = ++asked;
  const reply = await fetch(`/runs/${id}/parts${location.search}`);
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.detail);
  // Answers may overtake each other: an older one must not hide what a newer one has shown.
  if (turn < newest) return true;
  newest = turn;
  let left = false;
  for (const place of document.querySelectorAll('[data-part]')) {
    const text = body.parts[place.dataset.part];
    if (text === undefined || shown.get(place) === text) continue;
    // A form that somebody fills in is left alone until they are done.
    if (place.querySelector('form:focus-within')) {
      left = true;
      continue;
    }
    if (shown.has(place) || place.innerHTML !== text) replace(place, text);
    shown.set(place, text);
  }
  return body.open || left;
}

async function follow() {
  for (let open = root.dataset.open === 'true', pause = 1000; open;) {
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? 5000 : pause));
    try {
      open = await refresh();
      // What an action came to stays until the next one.
      if (pause > 1000) message.textContent = '';
      pause = 1000;
    } catch (error) {
      message.textContent = `The page is not up to date (${error.message}); trying again.`;
      pause = Math.min(pause * 2, 10_000);
    }
  }
}

/** Sends a form as the browser would, and says what came of it without leaving the page. */
async function act(form, submitter) {
  const buttons = form.querySelectorAll('button');
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.set(submitter.name, submitter.value);
  for (const button of buttons) button.disabled = true;
  document.activeElement.blur();
  try {
    // Not `form.action`: a field may have that name.
    const reply = await fetch(form.getAttribute('action'), {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: fields,
    });
    const answer = await reply.json();
    message.textContent = reply.ok ? '' : `${answer.detail}. ${answer.remedy ?? ''}`;
    if (reply.ok && answer.resumes) location.assign(`/runs/${encodeURIComponent(answer.run)}`);
    else if (reply.ok) {
      form.closest('details')?.removeAttribute('open');
      await refresh();
    }
  } catch (error) {
    message.textContent = `The server did not answer (${error.message}).`;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

root.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-act]');
  if (!form) return;
  event.preventDefault();
  void act(form, event.submitter);
});
// Sorting asks for the parts anew, in place.
root.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-sort]');
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  history.replaceState(null, '', new URL(link.href).search);
  refresh().catch(() => location.reload());
});

/** A graph wider than the screen begins with what is to be seen: what failed, waits or runs, else its first call. */
function lookAtGraph() {
  const graph = document.querySelector('.graph');
  const box = graph?.querySelector('.box.failed, .box.paused, .box.running') ?? graph?.querySelector('.box');
  if (!box || graph.scrollWidth <= graph.clientWidth) return;
  const [at, frame] = [box.getBoundingClientRect(), graph.getBoundingClientRect()];
  graph.scrollLeft += at.left + at.width / 2 - frame.left - frame.width / 2;
  if (at.bottom > frame.bottom) graph.scrollTop += at.top - frame.top - frame.height / 2;
}
lookAtGraph();
void follow();
