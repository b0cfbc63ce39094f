// Opens pages in Chromium and does what standard input says, step by step; prints what each step answers as JSON.
//
// Speaks the DevTools protocol through a pipe, so that nothing listens and nothing else is needed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [browser] = process.argv.slice(2);
const steps = JSON.parse(readFileSync(0, 'utf8'));
const profile = mkdtempSync(join(tmpdir(), 'bedrail-browser-'));
const child = spawn(
  browser,
  [
    '--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`, '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage',
    '--disable-background-networking', '--disable-component-update', '--font-render-hinting=none', '--hide-scrollbars',
    // Its own sandbox does not run as root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    'about:blank',
  ],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
);

let number = 0;
const waiting = new Map();
const heard = [];
let rest = '';
child.stdio[4].setEncoding('utf8');
child.stdio[4].on('data', (text) => {
  rest += text;
  for (let end = rest.indexOf('\0'); end >= 0; end = rest.indexOf('\0')) {
    const message = JSON.parse(rest.slice(0, end));
    rest = rest.slice(end + 1);
    if (message.id === undefined) heard.forEach((hear) => hear(message));
    else {
      const { resolve, reject } = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    }
  }
});
child.on('exit', () => waiting.forEach(({ reject }) => reject(new Error('the browser has ended'))));

const send = (method, params = {}, sessionId = undefined) =>
  new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, { resolve, reject });
    child.stdio[3].write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
  });

const { targetInfos } = await send('Target.getTargets');
const { sessionId } = await send('Target.attachToTarget', { targetId: targetInfos.find((one) => one.type === 'page').targetId, flatten: true });
const call = (method, params) => send(method, params, sessionId);

// What the page asked of anybody, and what went wrong in it.
let [requests, faults] = [[], []];
let loaded = () => {};
heard.push(({ method, params }) => {
  if (method === 'Network.requestWillBeSent') requests.push(params.request.url);
  if (method === 'Runtime.exceptionThrown') faults.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
  if (method === 'Log.entryAdded' && params.entry.level === 'error') faults.push(params.entry.text);
  if (method === 'Page.loadEventFired') loaded();
});
for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await call(`${domain}.enable`);

const evaluate = async (expression) => {
  const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value ?? null;
};
// Until what was done is drawn.
const drawn = () => evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))');

const CODES = { Enter: 13, Escape: 27, PageUp: 33, PageDown: 34, End: 35, Home: 36, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Tab: 9 };
const acts = {
  async open({ open, scheme = 'light', width = 1280, height = 800 }) {
    [requests, faults] = [[], []];
    await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    const load = new Promise((done) => { loaded = done; });
    await call('Page.navigate', { url: open });
    await load;
    await drawn();
    return null;
  },
  async press({ press, control = false }) {
    for (const key of [press].flat()) {
      const typed = { key, code: key, windowsVirtualKeyCode: CODES[key], modifiers: control ? 2 : 0, ...(key === 'Enter' ? { text: '\r' } : {}) };
      await call('Input.dispatchKeyEvent', { type: typed.text ? 'keyDown' : 'rawKeyDown', ...typed });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', ...typed });
    }
    await drawn();
    return null;
  },
  async write({ write }) {
    await call('Input.insertText', { text: write });
    await drawn();
    return null;
  },
  async click({ click }) {
    const at = await evaluate(`(() => { const found = document.querySelector(${JSON.stringify(click)}); if (!found) return null; found.scrollIntoView({ block: 'nearest' }); const { x, y, width, height } = found.getBoundingClientRect(); return [x + width / 2, y + height / 2]; })()`);
    if (!at) throw new Error(`nothing to click: ${click}`);
    for (const type of ['mousePressed', 'mouseReleased']) await call('Input.dispatchMouseEvent', { type, x: at[0], y: at[1], button: 'left', clickCount: 1 });
    await drawn();
    return null;
  },
  tell: ({ tell }) => evaluate(tell),
  async judge() {
    await evaluate(`${readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')}; null`);
    return evaluate('axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html).join(" ")}`))');
  },
  async picture({ picture }) {
    const { data } = await call('Page.captureScreenshot', { format: 'png' });
    writeFileSync(picture, Buffer.from(data, 'base64'));
    return null;
  },
  requests: async () => requests,
  faults: async () => faults,
};

try {
  const answers = [];
  for (const step of steps) answers.push(await acts[Object.keys(step).find((name) => name in acts)](step));
  process.stdout.write(JSON.stringify(answers));
} finally {
  await send('Browser.close').catch(() => {});
  await new Promise((done) => (child.exitCode === null ? child.on('exit', done) : done()));
  rmSync(profile, { recursive: true, force: true });
}
