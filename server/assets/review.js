import { newId, Outbox } from './outbox.js';

const root = document.getElementById('review');
const { id, label } = root.dataset;
const labels = JSON.parse(root.dataset.labels);
const address = `/api/reviews/${encodeURIComponent(id)}`;
const el = (name) => document.getElementById(name);

/** Items held: the one shown and two fetched ahead, so that the next is there at once. */
const HOLD = 3;

let reviewer = localStorage.getItem('trainyard.reviewer') ?? '';
let upcoming = [];
let current;
let shownAt = 0;
let waiting;
/** Answers of this sitting, the newest last: what undo goes back to. */
const given = [];
let correcting;

const outbox = new Outbox(`trainyard.outbox.${id}`, `${address}/answers`, {
  onReply: take,
  onRefused: (answer, problem) => {
    say('message', `The answer “${answer.label}” was not taken: ${problem.detail}.`);
    void refill();
  },
  onState: (text) => say('status', text),
  onSignIn: signIn,
});

function say(where, text) {
  el(where).textContent = text;
}

function signIn() {
  el('message').replaceChildren('A key is needed to answer: ');
  const link = document.createElement('a');
  link.href = `/sign-in?to=${encodeURIComponent(location.pathname)}`;
  link.textContent = 'sign in';
  el('message').append(link, '.');
}

function node(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Takes the server's word on progress and on the items that are held for us. */
function take(reply) {
  el('progress').value = reply.settled;
  say('progress-text', `${reply.settled} of ${reply.total} settled`);
  say('mine', `${reply.mine} by you`);
  const known = new Set([...outbox.items(), current?.item, setAside?.item]);
  upcoming = reply.items.filter(({ item }) => !known.has(item));
  if (!current) show();
  if (!current && upcoming.length === 0) rest(reply);
}

function show() {
  const next = upcoming.shift();
  if (next) display(next);
}

function display(item, earlier) {
  current = item;
  correcting = earlier;
  shownAt = performance.now();
  el('rest').hidden = true;
  el('desk').hidden = false;
  el('note').value = earlier?.note ?? '';
  const rows = Object.entries(item.cells).map(([name, value]) =>
    node(
      'tr',
      {},
      node('th', { scope: 'row' }, name),
      node('td', {}, value === null ? node('span', { class: 'quiet' }, 'missing') : String(value)),
    ),
  );
  const was = node(
    'tr',
    { class: 'suspect' },
    node('th', { scope: 'row' }, label),
    node('td', {}, item.given ?? 'no label yet'),
  );
  el('row').replaceChildren(
    node(
      'p',
      { class: 'quiet small' },
      earlier ? `Row ${item.row}, again: you said “${earlier.label}”` : `Row ${item.row}`,
    ),
    node('table', {}, node('tbody', {}, was, ...rows)),
  );
  el('labels').replaceChildren(...labels.map((name, index) => button(name, index, item.given, earlier)));
  el('undo').disabled = given.length === 0 && !earlier;
}

function button(name, index, was, earlier) {
  const key = index < 9 ? node('kbd', {}, String(index + 1)) : '';
  const mark = name === was ? node('span', { class: 'quiet small' }, 'as it is') : '';
  const made = node(
    'button',
    { type: 'button', 'aria-pressed': String(name === earlier?.label) },
    key,
    node('span', {}, name),
    mark,
  );
  made.addEventListener('click', () => answer(name));
  return made;
}

function answer(chosen) {
  if (!current) return;
  const note = el('note').value.trim();
  const sent = {
    item: current.item,
    label: chosen,
    reviewer,
    ms: Math.round(performance.now() - shownAt),
    requestId: newId(),
    hold: HOLD,
    ...(note ? { note } : {}),
    ...(correcting ? { revises: correcting.requestId } : {}),
  };
  if (!correcting || correcting.label !== chosen || (correcting.note ?? '') !== note) {
    outbox.add(sent);
    if (correcting)
      given.splice(
        given.findIndex((of) => of.answer === correcting),
        1,
      );
    given.push({ item: current, answer: sent });
  }
  say('message', '');
  const back = correcting ? setAside : undefined;
  setAside = undefined;
  current = undefined;
  correcting = undefined;
  if (back) upcoming.unshift(back);
  show();
  if (!current) {
    el('desk').hidden = true;
    if (outbox.items().length === 0) void refill();
  }
  el('row').focus({ preventScroll: true });
}

/** The item that was on the desk when the reviewer went back. */
let setAside;

function undo() {
  if (correcting) {
    const back = setAside;
    setAside = undefined;
    current = undefined;
    correcting = undefined;
    if (back) display(back);
    else void refill();
    return;
  }
  const last = given[given.length - 1];
  if (!last) return;
  setAside = current;
  display(last.item, last.answer);
}

function rest(reply) {
  el('desk').hidden = true;
  el('rest').hidden = false;
  const done = reply.settled >= Number(el('progress').max);
  el('rest').replaceChildren(
    node('h2', {}, done ? 'All done, thank you' : 'Nothing for you right now'),
    node(
      'p',
      {},
      done
        ? 'Every row has its label; the run goes on by itself.'
        : 'Others are looking at what is left. This page looks again by itself.',
    ),
  );
  clearTimeout(waiting);
  if (!done) waiting = setTimeout(() => void refill(), 3000);
}

async function refill() {
  clearTimeout(waiting);
  try {
    const reply = await fetch(`${address}/next?reviewer=${encodeURIComponent(reviewer)}&hold=${HOLD}`);
    if (reply.status === 401) return signIn();
    if (reply.status === 404) return closed();
    if (!reply.ok) throw new Error((await reply.json()).detail);
    say('status', '');
    take(await reply.json());
  } catch (error) {
    say('status', `The server does not answer (${error.message}); trying again.`);
    waiting = setTimeout(() => void refill(), 2000);
  }
}

function closed() {
  el('desk').hidden = true;
  el('rest').hidden = false;
  el('progress').value = el('progress').max;
  el('rest').replaceChildren(
    node('h2', {}, 'This review is closed'),
    node('p', {}, 'Thank you. The run goes on by itself.'),
  );
}

function start() {
  el('who').hidden = true;
  void outbox.start();
  void refill();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const writing = ['INPUT', 'TEXTAREA'].includes(event.target.tagName);
  if (event.key === 'Escape' && event.target === el('note')) return el('row').focus();
  if (writing || el('desk').hidden) {
    if (!writing && event.key === 'u') undo();
    return;
  }
  const chosen = /^[1-9]$/.test(event.key) ? labels[Number(event.key) - 1] : undefined;
  if (chosen !== undefined) answer(chosen);
  else if (event.key === 'u') undo();
  else if (event.key === 'n') el('note').focus();
  else return;
  event.preventDefault();
});
el('undo').addEventListener('click', undo);
el('who').addEventListener('submit', (event) => {
  event.preventDefault();
  reviewer = el('reviewer').value.trim();
  if (!reviewer) return;
  localStorage.setItem('trainyard.reviewer', reviewer);
  start();
});

if (!root.dataset.signedIn) signIn();
else if (reviewer) start();
else {
  el('who').hidden = false;
  el('reviewer').focus();
}
