const root = document.getElementById('run');
const id = encodeURIComponent(root.dataset.id);
const message = document.getElementById('message');

/** Puts a part's new text in place; what was unfolded, typed or in focus stays so. */
function replace(place, text) {
  const open = [...place.querySelectorAll('details[open]')].map((details) => details.id);
  const typed = new Map([...place.querySelectorAll('input[id]')].map((input) => [input.id, input.value]));
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

async function refresh() {
  const reply = await fetch(`/runs/${id}/parts`);
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.detail);
  for (const place of document.querySelectorAll('[data-part]')) {
    const text = body.parts[place.dataset.part];
    // A form that somebody fills in is left alone.
    if (text === undefined || shown.get(place) === text || place.querySelector('form:focus-within')) continue;
    if (shown.has(place) || place.innerHTML !== text) replace(place, text);
    shown.set(place, text);
  }
  return body.open;
}

async function follow() {
  for (let open = root.dataset.open === 'true', pause = 1000; open;) {
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? 5000 : pause));
    try {
      open = await refresh();
      message.textContent = '';
      pause = 1000;
    } catch (error) {
      message.textContent = `The page is not up to date (${error.message}); trying again.`;
      pause = Math.min(pause * 2, 10_000);
    }
  }
}

async function send(path, body) {
  const reply = await fetch(`/api/runs/${id}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await reply.json();
  message.textContent = reply.ok ? '' : `${answer.detail}. ${answer.remedy ?? ''}`;
  if (reply.ok) await refresh();
}

root.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]');
  if (button && confirm(button.dataset.ask)) void send(button.dataset.action, {});
});
root.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-approval]');
  if (!form) return;
  event.preventDefault();
  document.activeElement.blur();
  void send('approvals', {
    name: form.dataset.approval,
    approved: event.submitter?.value === 'true',
    why: new FormData(form).get('why'),
  });
});
void follow();
