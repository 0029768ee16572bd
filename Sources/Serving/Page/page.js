'use strict';
// Everything that comes from the server becomes text or a number, never markup.
const at = id => document.getElementById(id);
const made = (tag, text, style) => { const element = document.createElement(tag); if (text) element.textContent = text; if (style) element.className = style; return element; };
const figure = value => value === null ? 'not finite' : value === 0 ? '0' : Math.abs(value) >= 1e5 || Math.abs(value) < 1e-4 ? value.toExponential(2) : String(+value.toPrecision(4));
const share = value => value === null ? 'not finite' : (100 * value).toFixed(1) + ' %';
let model = null;

// What is drawn: strokes of points, in shares of the paper. A PNG that was opened takes their place.
const pen = 0.078;
const mostCells = 1024;
let strokes = [], picture = null, drawing = false;

function paint(context, size, colour) {
  context.lineCap = context.lineJoin = 'round';
  context.lineWidth = pen * size;
  context.strokeStyle = colour;
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]) => [x * size, y * size]), last = points[points.length - 1];
    context.beginPath();
    context.moveTo(...points[0]);
    // From the middle of each piece to that of the next, so that a quick hand leaves no corners.
    for (let place = 1; place < points.length - 1; place += 1) {
      const [[x, y], [nextX, nextY]] = [points[place], points[place + 1]];
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    // A line without length would leave nothing of a dot.
    context.lineTo(last[0] + 0.01, last[1]);
    context.stroke();
  }
}

function show() {
  const paper = at('paper'), size = Math.round(paper.clientWidth * devicePixelRatio) || 320;
  if (paper.width !== size) paper.width = paper.height = size;
  const context = paper.getContext('2d');
  context.clearRect(0, 0, size, size);
  paint(context, size, getComputedStyle(paper).color);
  at('hint').hidden = strokes.length > 0 || picture !== null;
  at('undo').disabled = strokes.length === 0;
}

// As digits are stored: bright on dark.
function pngOfStrokes() {
  const canvas = document.createElement('canvas'), size = canvas.width = canvas.height = 280;
  const context = canvas.getContext('2d');
  context.fillStyle = '#000';
  context.fillRect(0, 0, size, size);
  paint(context, size, '#fff');
  return new Promise(done => canvas.toBlob(done, 'image/png'));
}

// One request at a time; what changed meanwhile is asked when its answer is there.
let changes = 0, asking = false;

const busy = is => document.querySelector('main').setAttribute('aria-busy', is);

async function changed() {
  changes += 1;
  show();
  if (asking) return;
  asking = true;
  busy(true);
  for (let seen = -1; seen !== changes;) {
    seen = changes;
    await new Promise(requestAnimationFrame);
    if (strokes.length === 0 && picture === null) { forget(); continue; }
    try {
      const answer = await ask(picture ?? await pngOfStrokes());
      trouble('');
      if (strokes.length > 0 || picture !== null) tell(answer);
    } catch (error) {
      trouble(error.message);
    }
  }
  asking = false;
  busy(false);
}

async function ask(body) {
  let response;
  try {
    response = await fetch('/predict?layers=1', { method: 'POST', headers: { 'Content-Type': 'image/png' }, body, signal: AbortSignal.timeout(20000) });
  } catch {
    throw new Error('The server does not answer; it may have been stopped.');
  }
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer.predictions[0];
}

function trouble(words) {
  at('trouble').textContent = words;
  at('trouble').hidden = words === '';
}

// Answers.

function tell(answer) {
  const values = answer[model.kind], isLabel = 'class' in answer;
  const best = isLabel ? values.length === 1 ? values[0] : Math.max(...values) : values[0];
  const certainty = isLabel && values.length === 1 && answer.class !== model.classes[0] ? 1 - best : best;
  at('answer').firstChild.textContent = isLabel ? String(answer.class) : figure(values[0]);
  at('answer').lastChild.textContent = !isLabel ? '' : model.kind === 'probability' ? share(certainty) : figure(best);
  values.forEach((value, place) => {
    const row = at('bars').children[place];
    row.classList.toggle('best', isLabel && model.classes[place] === answer.class);
    row.querySelector('u').style.width = model.kind === 'probability' && value !== null ? 100 * value + '%' : '0';
    row.lastChild.textContent = model.kind === 'probability' ? share(value) : figure(value);
  });
  showSeen(answer.pixels);
  answer.layers.forEach((layer, place) => light(place, layer.outputs));
}

function forget() {
  trouble('');
  at('answer').firstChild.textContent = '–';
  at('answer').lastChild.textContent = '';
  for (const row of at('bars').children) {
    row.classList.remove('best');
    row.querySelector('u').style.width = '0';
    row.lastChild.textContent = '';
  }
  showSeen(null);
  model.shown.forEach((layer, place) => light(place, null));
}

function showSeen(pixels) {
  const canvas = at('seen'), side = model.side;
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d'), image = context.createImageData(side, side);
  for (let place = 0; place < side * side; place += 1) {
    const ink = 255 - (pixels ? Math.max(0, Math.min(255, pixels[place])) : 0);
    image.data.set([ink, ink, ink, 255], 4 * place);
  }
  context.putImageData(image, 0, 0);
  canvas.setAttribute('aria-label', pixels ? `the drawing as ${side} by ${side} pixels, ${pixels.filter(value => value > 0).length} of them not blank` : 'nothing yet');
}

function makeBars() {
  const names = model.classes ?? Array.from({ length: model.outputs }, (_, place) => model.outputs === 1 ? 'output' : 'output ' + place);
  at('bars').classList.toggle('many', names.length > 15);
  for (const name of names) {
    const row = made('li'), track = made('i');
    track.append(made('u'));
    row.append(made('span', String(name)), track, made('span'));
    at('bars').append(row);
  }
}

// Layers. What an activation gives has a range of its own, or that of the layer's numbers.

const ranges = { sigmoid: [0, 1], softmax: [0, 1], hard_sigmoid: [0, 1], tanh: [-1, 1], softsign: [-1, 1] };
const shownLayers = [];

function makeLayers() {
  model.shown.forEach((layer, place) => {
    const part = made('div', '', 'layer'), cells = made('div', '', 'cells'), count = Math.min(layer.outputs, mostCells);
    const what = [layer.type === 'dense' ? '' : layer.type, `${layer.outputs} unit${layer.outputs === 1 ? '' : 's'}`, layer.activation === 'linear' ? '' : layer.activation,
      count < layer.outputs ? `the first ${count} are shown` : ''].filter(words => words).join(', ');
    const head = made('h3', layer.name + ' '), legend = made('small', '', 'legend'), told = made('p', '', 'told');
    head.append(made('small', what), legend);
    legend.append(made('span'), made('i'), made('span'));
    cells.style.setProperty('--cell', (count <= 40 ? 30 : count <= 160 ? 18 : count <= 520 ? 12 : 8) + 'px');
    for (let unit = 0; unit < count; unit += 1) cells.append(made('i'));
    cells.tabIndex = 0;
    cells.setAttribute('role', 'img');
    told.setAttribute('aria-live', 'polite');
    part.append(head, cells, told);
    at('layers').append(part);
    const own = { layer, cells, legend, told, what, values: null, chosen: null };
    shownLayers.push(own);
    cells.addEventListener('pointermove', event => choose(own, event.target === cells ? null : [...cells.children].indexOf(event.target)));
    cells.addEventListener('pointerleave', () => choose(own, null));
    cells.addEventListener('focus', () => { if (cells.matches(':focus-visible')) choose(own, own.chosen ?? 0); });
    cells.addEventListener('blur', () => choose(own, null));
    cells.addEventListener('keydown', event => {
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -count, End: count }[event.key];
      if (steps === undefined) return;
      event.preventDefault();
      choose(own, Math.max(0, Math.min(count - 1, (own.chosen ?? 0) + steps)));
    });
    light(place, null);
  });
}

function light(place, values) {
  const own = shownLayers[place];
  own.values = values;
  const finite = (values ?? []).map(value => value ?? 0), largest = Math.max(1e-12, ...finite.map(Math.abs));
  const [low, high] = ranges[own.layer.activation] ?? (finite.some(value => value < 0) ? [-largest, largest] : [0, largest]);
  const isKnown = own.layer.activation in ranges || values !== null;
  own.legend.classList.toggle('both', low < 0);
  own.legend.firstChild.textContent = isKnown ? figure(low) : '';
  own.legend.lastChild.textContent = isKnown ? figure(high) : '';
  [...own.cells.children].forEach((cell, unit) => {
    const value = finite[unit] ?? 0;
    cell.style.setProperty('--v', Math.min(1, Math.abs(value) / high).toFixed(3));
    cell.classList.toggle('below', value < 0);
  });
  const loudest = finite.reduce((best, value, unit) => value > finite[best] ? unit : best, 0);
  own.cells.setAttribute('aria-label', `${own.layer.name}, ${own.what}` + (values ? `; loudest is unit ${loudest} with ${figure(values[loudest])}` : '; nothing yet'));
  choose(own, own.chosen);
}

function choose(own, unit) {
  if (own.chosen !== null) own.cells.children[own.chosen].classList.remove('chosen');
  own.chosen = unit;
  if (unit !== null) own.cells.children[unit].classList.add('chosen');
  own.told.textContent = unit === null || own.values === null ? '' : `unit ${unit}: ${figure(own.values[unit])}`;
}

// The paper.

function listen() {
  const paper = at('paper');
  const place = event => { const box = paper.getBoundingClientRect(); return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]; };
  paper.addEventListener('pointerdown', event => {
    if (event.button !== 0) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    drawing = true;
    if (picture !== null) { picture = null; }
    strokes.push([place(event)]);
    changed();
  });
  paper.addEventListener('pointermove', event => {
    if (!drawing) return;
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const each of passed.length > 0 ? passed : [event]) strokes[strokes.length - 1].push(place(each));
    changed();
  });
  const end = () => { drawing = false; };
  paper.addEventListener('pointerup', end);
  paper.addEventListener('pointercancel', end);
  at('clear').addEventListener('click', () => { strokes = []; picture = null; changed(); });
  at('undo').addEventListener('click', () => { strokes.pop(); changed(); });
  at('file').addEventListener('change', event => {
    const file = event.target.files[0];
    if (!file) return;
    strokes = [];
    picture = file;
    // The same file may be opened again.
    event.target.value = '';
    changed();
  });
  addEventListener('resize', show);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
}

// What is served.

function introduce() {
  document.title = `${model.name} · lockstep`;
  at('name').textContent = model.name;
  const widths = [model.inputs, ...model.layers.filter(layer => layer.name.startsWith('dense')).map(layer => layer.outputs)];
  at('lead').textContent = `${widths.join(' – ')}, ${model.parameters.toLocaleString('en')} parameters`;
  at('foot').textContent = `Served by lockstep ${model.lockstep}` + (model.trained_by ? `, trained by ${model.trained_by}` : '') + '. What is drawn goes to this server and nowhere else.';
  const name = `${location.origin}/v1/models/${encodeURIComponent(model.name)}:predict`;
  at('commands').textContent = [
    '# an image of any size, or as many numbers as the network takes', `curl --data-binary @digit.png -H 'Content-Type: image/png' '${location.origin}/predict?top=3'`,
    `curl -d '{"instances": [[0, 255, …]]}' -H 'Content-Type: application/json' '${location.origin}/predict?layers=1'`,
    '# as TensorFlow Serving and KServe spell it', `curl -d '{"instances": [[0, 255, …], …]}' -H 'Content-Type: application/json' ${name}`,
  ].filter((line, number) => model.side !== null || number !== 1).join('\n');
}

async function begin() {
  try {
    const response = await fetch('/model');
    model = await response.json();
    if (!response.ok) {
      at('lead').textContent = `The server says: ${model.error}`;
      return;
    }
  } catch {
    at('lead').textContent = 'The server does not answer.';
    return;
  }
  introduce();
  if (model.side === null) {
    at('cannot').textContent = `This network takes ${model.inputs} numbers, which are no square image of at least 7 × 7 pixels, so there is nothing to draw. Ask it from a program:`;
    at('cannot').hidden = false;
    at('programs').open = true;
    return;
  }
  at('work').hidden = at('layers-part').hidden = false;
  at('seen-note').textContent = `${model.side} × ${model.side}, scaled and centred as MNIST’s digits were`;
  makeBars();
  makeLayers();
  listen();
  show();
  forget();
}

begin().finally(() => busy(false));
