// One field for each column of a row, and what the model answers to it.
import { openModel } from './predict.mjs';

const byId = (id) => document.getElementById(id);
const element = (name, given = {}, ...children) => {
  const made = Object.assign(document.createElement(name), given);
  made.append(...children);
  return made;
};

/** Steps of the types whose values are numbers; all others but yes and no are text. */
const STEPS = { number: 'any', integer: '1' };

function fieldOf({ name, type, categories, range }, example) {
  const known = example ?? null;
  const options = type === 'boolean' ? ['true', 'false'] : categories;
  const hint = range ? `seen: ${range[0]} to ${range[1]}` : '';
  if (options && options.length <= 200) {
    const choices = [element('option', { value: '', textContent: 'not known' }), ...options.map((value) => element('option', { value, textContent: value }))]; // prettier-ignore
    const field = element('select', { name }, ...choices);
    field.value = known === null ? '' : String(known);
    return { field, hint, read: (value) => (type === 'boolean' ? value === 'true' : value) };
  }
  const step = STEPS[type];
  const field = element('input', { name, value: known === null ? '' : String(known), placeholder: 'not known' });
  if (step) Object.assign(field, { type: 'number', step });
  return { field, hint, read: (value) => (step ? Number(value) : value) };
}

function cell(value) {
  if (typeof value === 'number' && value >= 0 && value <= 1 && !Number.isInteger(value))
    return element('td', {}, value.toFixed(4), element('meter', { value, max: 1, textContent: String(value) }));
  if (typeof value !== 'object' || value === null) return element('td', { textContent: String(value) });
  return element('td', {}, tableOf(value));
}

function tableOf(value) {
  const rows = Object.entries(value).map(([name, one]) =>
    element('tr', {}, element('th', { textContent: name }), cell(one)),
  );
  return element('table', {}, ...rows);
}

try {
  const model = await openModel();
  const { columns, example, kind, task } = model.manifest;
  const label = task.label ?? task.type;
  document.title = `Prediction of ${label}`;
  byId('title').textContent = document.title;
  const fields = columns.map((column) => ({ ...fieldOf(column, example?.[column.name]), name: column.name }));
  byId('fields').append(
    ...fields.map(({ field, hint, name }) =>
      element('label', {}, name, field, element('small', { textContent: hint })),
    ),
  );
  const { rows, difference } = await model.check();
  byId('status').textContent =
    `${kind}; answers its ${rows} sample rows, ${difference === 0 ? 'exactly' : `at most ${difference.toExponential(1)} off`}`;
  const predict = async () => {
    const row = Object.fromEntries(
      fields.map(({ field, name, read }) => [name, field.value === '' ? null : read(field.value)]),
    );
    try {
      const { predictions, unknown } = await model.predict([row]);
      const notes = unknown.flatMap(({ columns: names }) => names);
      byId('answer').replaceChildren(tableOf(predictions[0]), ...(notes.length === 0 ? [] : [element('p', { textContent: `Training did not know the value of: ${notes.join(', ')}` })])); // prettier-ignore
    } catch (error) {
      byId('answer').replaceChildren(element('p', { className: 'bad', textContent: error.message }));
    }
    byId('answer-title').hidden = false;
  };
  byId('row').addEventListener('submit', (event) => {
    event.preventDefault();
    void predict();
  });
  byId('row').hidden = false;
} catch (error) {
  byId('status').className = 'bad';
  byId('status').textContent = `The model cannot be opened: ${error.message}`;
}
