const form = document.getElementById('sign-in');
const message = document.getElementById('sign-in-message');

async function signIn(key, to) {
  const answer = await fetch('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  });
  if (answer.ok) {
    // Only a path of this very site: `//elsewhere` and `/\elsewhere` are other hosts to a browser.
    location.replace(/^\/(?![/\\])/.test(to) ? to : '/');
    return;
  }
  const problem = await answer.json();
  message.textContent = `${problem.detail}.`;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn(new FormData(form).get('key').trim(), new URLSearchParams(location.search).get('to') ?? '/');
});
for (const control of form.elements) control.disabled = false;

const fragment = new URLSearchParams(location.hash.slice(1));
const given = fragment.get('key');
if (given) {
  history.replaceState(null, '', location.pathname);
  await signIn(given, fragment.get('to') ?? '/');
}
