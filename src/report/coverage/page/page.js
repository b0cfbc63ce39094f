'use strict';
// Draws what `bedrail coverage` found. Every text is set as text, never as markup: names in an organization are foreign.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { regions, nodes, accounts, rows, cells, unions, states, ways } = data;
  const id = (name) => document.getElementById(name);
  const [view, grid, body, panel, main, status] = ['view', 'grid', 'body', 'panel', 'main', 'status'].map(id);
  const planned = data.want !== null;
  const ROW = 28;
  const [PROTECTED, DENIED, UNAVAILABLE] = ['protected', 'denied', 'unavailable'].map((state) => states.indexOf(state));
  // What an OU is coloured by where not all of it is protected.
  const WORST = ['unprotected', 'invalid', 'unseen', 'denied', 'protected'].map((state) => states.indexOf(state));
  const MARGIN = 12;

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === false) continue;
      if (name === 'class') made.className = value;
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  };

  // What is below each node.
  const inner = nodes.map(() => ({ accounts: [], nodes: [] }));
  accounts.forEach(([, , node], at) => inner[node].accounts.push(at));
  nodes.forEach((node, at) => node.parent === null || inner[node.parent].nodes.push(at));

  const filter = { time: planned ? 'want' : 'have', changed: false, text: '', states: new Set(states.keys()), way: -1, passage: 'open', columns: regions.map((_, at) => at) };
  const open = new Set(accounts.length <= 200 ? nodes.keys() : [0]);
  const cellOf = (account, region, time = filter.time) => rows[data[time][account]][region];
  const changes = (account, region) => planned && cellOf(account, region, 'have') !== cellOf(account, region, 'want');

  // Which accounts are shown, and how many there are before each.
  let before = [];
  const sift = () => {
    const words = filter.text.toLowerCase();
    const kept = cells.map((cell) => filter.states.has(cell.state) && (filter.way < 0 || cell.ways.some(([way, passage]) => way === filter.way && passage === filter.passage)));
    const named = nodes.map((node) => (words !== '' && `${node.name} ${node.id}`.toLowerCase().includes(words)) || false);
    nodes.forEach((node, at) => { named[at] ||= node.parent !== null && named[node.parent]; });
    before = [0];
    accounts.forEach(([account, name, node], at) => {
      const told = words === '' || named[node] || account.includes(words) || (name || '').toLowerCase().includes(words);
      const shown = told && filter.columns.some((region) => kept[cellOf(at, region)] && (!filter.changed || changes(at, region)));
      before.push(before[at] + (shown ? 1 : 0));
    });
  };
  const within = (node) => before[node.first + node.accounts] - before[node.first];
  const isShown = (account) => before[account + 1] > before[account];

  // The lines of the tree, as far as it is unfolded.
  let lines = [];
  const unfold = () => {
    lines = [];
    const enter = (at, level, place, size, parent) => {
      const line = lines.push({ node: at, level, place, size, parent }) - 1;
      if (!isOpen(at)) return;
      const own = inner[at].accounts.filter(isShown);
      const units = inner[at].nodes.filter((unit) => within(nodes[unit]) > 0);
      const all = own.length + units.length;
      own.forEach((account, nth) => lines.push({ account, level: level + 1, place: nth + 1, size: all, parent: line }));
      units.forEach((unit, nth) => enter(unit, level + 1, own.length + nth + 1, all, line));
    };
    if (nodes.length && within(nodes[0]) > 0) enter(0, 1, 1, 1, -1);
  };
  const isOpen = (node) => open.has(node) || (filter.text !== '' && within(nodes[node]) <= 500);

  // How many cells of each kind a node has in a Region.
  let counted = new Map();
  const kinds = (at, region) => {
    const key = at * regions.length + region;
    if (!counted.has(key)) {
      const found = new Map();
      const { first, accounts: count } = nodes[at];
      for (let account = first; account < first + count; account += 1) {
        const cell = cellOf(account, region);
        found.set(cell, (found.get(cell) || 0) + 1);
      }
      counted.set(key, found);
    }
    return counted.get(key);
  };
  const share = (at, region) => {
    let [guarded, all] = [0, 0];
    for (const [cell, count] of kinds(at, region)) {
      if (cells[cell].state === PROTECTED) guarded += count;
      if (cells[cell].state !== UNAVAILABLE && cells[cell].state !== DENIED) all += count;
    }
    return [guarded, all];
  };

  let active = { line: 0, column: 0 };
  let chosen = null;
  const shown = new Map();

  const nameOf = (line) => (line.node === undefined ? accounts[line.account][1] || accounts[line.account][0] : nodes[line.node].name);
  // What stands in a cell is part of its name, for those who speak to their browser.
  const say = (cell) => `${cell.mark.length > 1 ? `${cell.mark}, ` : ''}${states[cell.state]}${cell.by ? ` ${cell.by}` : ''}`;

  const drawCell = (line, at, region, column) => {
    const isActive = active.line === at && active.column === column;
    const made = element('div', { role: 'gridcell', 'aria-colindex': column + 1, tabindex: isActive ? 0 : -1 });
    made.className = 'cell';
    const name = nameOf(line);
    if (line.node === undefined) {
      const cell = cells[cellOf(line.account, region)];
      made.classList.add(`s${cell.state}`);
      made.append(cell.mark);
      const was = changes(line.account, region) ? cells[cellOf(line.account, region, filter.time === 'want' ? 'have' : 'want')] : null;
      if (was) made.classList.add('changed');
      const other = was ? `; ${filter.time === 'want' ? 'now' : 'then'} ${say(was)}` : '';
      made.setAttribute('aria-label', `${name}, ${regions[region]}: ${say(cell)}${other}`);
      made.title = `${regions[region]}: ${say(cell)}${other}`;
    } else {
      const all = [...kinds(line.node, region).keys()];
      // Where nothing can be called there is nothing to tell, unless that is everywhere.
      const callable = all.filter((cell) => cells[cell].state !== UNAVAILABLE);
      const told = callable.length ? callable : all;
      const [guarded, count] = share(line.node, region);
      if (new Set(told.map((cell) => `${cells[cell].state} ${cells[cell].mark}`)).size === 1) {
        const [cell] = told;
        made.classList.add(`s${cells[cell].state}`);
        made.append(cells[cell].mark);
        made.setAttribute('aria-label', `${name}, ${regions[region]}: all ${say(cells[cell])}`);
      } else {
        const part = count ? Math.floor((100 * guarded) / count) : 0;
        const bar = element('i');
        bar.style.height = `${part}%`;
        made.classList.add('mixed');
        const words = part === 100 ? 'all' : `${part}%`;
        made.append(bar, element('span', {}, words));
        const worst = WORST.find((state) => told.some((cell) => cells[cell].state === state));
        made.classList.add(`s${worst}`);
        made.setAttribute('aria-label', `${name}, ${regions[region]}: ${words}, ${guarded} of ${count} protected`);
      }
      made.title = `${regions[region]}: ${guarded} of ${count} protected`;
    }
    if (chosen && chosen.account === line.account && chosen.node === line.node && chosen.region === region) made.classList.add('chosen');
    made.dataset.column = column;
    return made;
  };

  const drawRow = (at) => {
    const line = lines[at];
    const isNode = line.node !== undefined;
    const row = element('div', {
      role: 'row', class: isNode ? 'row node' : 'row', 'aria-level': line.level, 'aria-rowindex': at + 2, 'aria-posinset': line.place, 'aria-setsize': line.size,
      'aria-expanded': isNode ? String(isOpen(line.node)) : null,
    });
    row.style.top = `${at * ROW}px`;
    const isActive = active.line === at && active.column === 0;
    const name = element('div', { role: 'rowheader', class: 'name', 'aria-colindex': 1, tabindex: isActive ? 0 : -1 });
    name.dataset.column = 0;
    name.style.paddingLeft = `${0.4 + 0.9 * (line.level - 1)}rem`;
    name.append(element('span', { class: 'turn', 'aria-hidden': 'true' }, isNode ? (isOpen(line.node) ? '▾' : '▸') : ''), ' ', element('span', { class: 'text' }, nameOf(line)));
    const more = isNode ? `${within(nodes[line.node])}` : accounts[line.account][1] ? accounts[line.account][0] : '';
    if (more) name.append(' ', element('span', { class: 'count' }, isNode ? `${more} account${more === '1' ? '' : 's'}` : more));
    name.title = isNode ? `${nodes[line.node].name} (${nodes[line.node].id})` : `${nameOf(line)} (${accounts[line.account][0]})`;
    row.append(name, ...filter.columns.map((region, nth) => drawCell(line, at, region, nth + 1)));
    row.dataset.line = at;
    return row;
  };

  // Only the lines in sight are there, and the one that has the focus.
  const draw = () => {
    const first = Math.max(0, Math.floor(view.scrollTop / ROW) - MARGIN);
    const last = Math.min(lines.length, Math.ceil((view.scrollTop + view.clientHeight) / ROW) + MARGIN);
    for (const [at, row] of shown) {
      if ((at < first || at >= last) && at !== active.line) {
        row.remove();
        shown.delete(at);
      }
    }
    for (let at = first; at < last; at += 1) place(at);
    if (active.line < lines.length) place(active.line);
  };
  // In the order of the lines, which is what is read aloud.
  const place = (at) => {
    if (shown.has(at)) return;
    const row = drawRow(at);
    const next = [...shown.keys()].filter((other) => other > at).sort((one, other) => one - other)[0];
    body.insertBefore(row, next === undefined ? null : shown.get(next));
    shown.set(at, row);
  };
  const redraw = () => {
    const hadFocus = body.contains(document.activeElement);
    shown.clear();
    body.replaceChildren();
    body.style.height = `${lines.length * ROW}px`;
    grid.setAttribute('aria-rowcount', lines.length + 1);
    active.line = Math.max(0, Math.min(active.line, lines.length - 1));
    active.column = Math.min(active.column, filter.columns.length);
    draw();
    if (hadFocus) focus();
  };

  const header = () => {
    grid.style.setProperty('--columns', filter.columns.length);
    grid.setAttribute('aria-colcount', filter.columns.length + 1);
    const row = element('div', { role: 'row', class: 'row', 'aria-rowindex': 1 }, element('div', { role: 'columnheader', class: 'corner', 'aria-colindex': 1 }, 'OU or account'));
    row.append(...filter.columns.map((region, nth) => element('div', { role: 'columnheader', 'aria-colindex': nth + 2, class: 'region' }, regions[region])));
    id('head').replaceChildren(row);
  };

  // How many cells stand how at the time that is shown.
  const recount = () => {
    const found = states.map(() => 0);
    const perRow = rows.map((row) => row.map((cell) => cells[cell].state));
    for (const row of data[filter.time]) for (const state of perRow[row]) found[state] += 1;
    found.forEach((count, state) => { id(`count-${state}`).textContent = count; });
  };

  const renew = () => {
    recount();
    counted = new Map();
    sift();
    unfold();
    header();
    redraw();
    const count = before[accounts.length];
    status.textContent = `${count} of ${accounts.length} accounts, ${filter.columns.length} of ${regions.length} Regions`;
    id('nothing').hidden = count > 0;
  };

  const target = () => shown.get(active.line)?.querySelector(`[data-column="${active.column}"]`);
  const focus = () => {
    const found = target();
    if (!found) return;
    found.focus({ preventScroll: true });
    const top = active.line * ROW;
    const head = id('head').offsetHeight;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + ROW + head > view.scrollTop + view.clientHeight) view.scrollTop = top + ROW + head - view.clientHeight;
    if (active.column > 0) {
      const left = found.offsetLeft;
      const wide = shown.get(active.line).firstElementChild.offsetWidth;
      if (left - wide < view.scrollLeft) view.scrollLeft = left - wide;
      else if (left + found.offsetWidth > view.scrollLeft + view.clientWidth) view.scrollLeft = left + found.offsetWidth - view.clientWidth;
    } else view.scrollLeft = 0;
  };
  const move = (line, column) => {
    const old = target();
    active = { line: Math.max(0, Math.min(line, lines.length - 1)), column: Math.max(0, Math.min(column, filter.columns.length)) };
    if (old) old.tabIndex = -1;
    draw();
    const found = target();
    if (found) found.tabIndex = 0;
    focus();
  };
  const toggle = (at, wanted) => {
    const { node } = lines[at];
    if (wanted) open.add(node);
    else open.delete(node);
    unfold();
    redraw();
  };

  const fill = (text, account, own) => text.replaceAll('{account}', account).replaceAll('{guardrail}', own || '*');
  const list = (title, items) => (items.length ? [element('h3', {}, title), element('ul', {}, ...items.map((item) => element('li', {}, item)))] : []);

  // What is told of one cell.
  const explained = (cell, put) => {
    const parts = [element('p', { class: 'verdict' }, element('span', { class: `mark s${cell.state}` }, cell.mark), ' ', put(cell.verdict))];
    for (const [title, details] of cell.guardrails) {
      parts.push(element('h3', {}, put(title)), element('dl', {}, ...details.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, put(value))])));
    }
    for (const [title, items] of cell.sections) parts.push(...list(title, items.map(put)));
    for (const at of cell.unions) {
      const { models, controls } = unions[at];
      const line = ([policy, name, prompts, answers]) => element('tr', {}, element('th', { scope: 'row' }, `${policy}: ${put(name)}`), element('td', {}, prompts), element('td', {}, answers));
      const head = element('tr', {}, ...['control', 'prompts', 'answers'].map((word) => element('th', { scope: 'col' }, word)));
      parts.push(element('h3', {}, `What they come to, for ${put(models)}`), element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Controls' }, element('table', {}, element('thead', {}, head), element('tbody', {}, ...controls.map(line)))));
    }
    if (cell.ways.length) {
      const around = ([way, passage, why]) => element('li', {}, element('strong', {}, passage), ` – ${ways[way][1]}: ${put(why)}`);
      parts.push(element('h3', {}, 'Ways around'), element('ul', {}, ...cell.ways.map(around)));
    }
    return parts;
  };

  const ofAccount = (account, region) => {
    const told = (time) => {
      const own = ((data.own[time] || {})[account] || {})[region];
      return explained(cells[cellOf(account, region, time)], (text) => fill(text, accounts[account][0], own));
    };
    if (!planned) return told('have');
    if (!changes(account, region)) return [element('p', { class: 'quiet' }, 'The plan changes nothing here.'), ...told('have')];
    return [element('h2', {}, 'Now'), ...told('have'), element('h2', {}, 'When the plan is done'), ...told('want')];
  };
  const ofNode = (at, region) => {
    const [guarded, all] = share(at, region);
    const found = [...kinds(at, region)].sort(([, one], [, other]) => other - one);
    const line = ([cell, count]) => element('li', {}, element('span', { class: `mark s${cells[cell].state}` }, cells[cell].mark), ` ${count} – ${fill(cells[cell].verdict, '*', '*')}`);
    return [element('p', { class: 'verdict' }, `${guarded} of ${all} accounts that can call models are protected here.`), element('ul', {}, ...found.map(line))];
  };

  const explain = (at, column, keep) => {
    const line = lines[at];
    const region = filter.columns[column - 1];
    chosen = { account: line.account, node: line.node, region };
    const title = element('h2', { tabindex: -1, id: 'told' }, `${nameOf(line)} in ${regions[region]}`);
    const close = element('button', { type: 'button', id: 'close' }, 'Close');
    close.addEventListener('click', shut);
    panel.replaceChildren(element('header', {}, title, close), ...(line.node === undefined ? ofAccount(line.account, region) : ofNode(line.node, region)));
    panel.hidden = false;
    main.classList.add('split');
    panel.scrollTop = 0;
    redraw();
    if (!keep) title.focus();
  };
  const shut = () => {
    chosen = null;
    panel.hidden = true;
    main.classList.remove('split');
    redraw();
    focus();
  };

  const page = () => Math.max(1, Math.floor(view.clientHeight / ROW) - 6);
  const keys = {
    ArrowDown: (line, column) => move(line + 1, column),
    ArrowUp: (line, column) => move(line - 1, column),
    PageDown: (line, column) => move(line + page(), column),
    PageUp: (line, column) => move(line - page(), column),
    ArrowRight: (line, column) => (column === 0 && lines[line].node !== undefined && !isOpen(lines[line].node) ? toggle(line, true) : move(line, column + 1)),
    ArrowLeft: (line, column) => {
      if (column > 0) move(line, column - 1);
      else if (lines[line].node !== undefined && isOpen(lines[line].node)) toggle(line, false);
      else if (lines[line].parent >= 0) move(lines[line].parent, 0);
    },
    Home: (line, column, all) => (all ? move(0, column) : move(line, 0)),
    End: (line, column, all) => (all ? move(lines.length - 1, column) : move(line, filter.columns.length)),
    Enter: (line, column) => {
      if (column > 0) explain(line, column, false);
      else if (lines[line].node !== undefined) toggle(line, !isOpen(lines[line].node));
    },
  };
  keys[' '] = keys.Enter;
  body.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.altKey || event.metaKey || !lines.length) return;
    event.preventDefault();
    act(active.line, active.column, event.ctrlKey);
  });
  body.addEventListener('click', (event) => {
    const found = event.target.closest('[data-column]');
    if (!found) return;
    const line = Number(found.parentElement.dataset.line);
    const column = Number(found.dataset.column);
    move(line, column);
    if (column > 0) explain(line, column, true);
    else if (lines[line].node !== undefined) toggle(line, !isOpen(lines[line].node));
  });
  panel.addEventListener('keydown', (event) => event.key === 'Escape' && shut());
  body.addEventListener('keydown', (event) => event.key === 'Escape' && chosen && shut());

  let waiting = false;
  view.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; draw(); });
  }, { passive: true });
  addEventListener('resize', draw);

  const close = () => { chosen = null; panel.hidden = true; main.classList.remove('split'); };
  const on = (name, event, act) => id(name)?.addEventListener(event, (fired) => { close(); act(fired.target); renew(); });
  on('search', 'input', (input) => { filter.text = input.value.trim(); view.scrollTop = 0; });
  states.forEach((_, state) => on(`state-${state}`, 'change', (box) => (box.checked ? filter.states.add(state) : filter.states.delete(state))));
  on('way', 'change', (select) => { filter.way = Number(select.value); });
  on('passage', 'change', (select) => { filter.passage = select.value; });
  on('region', 'change', (select) => { filter.columns = select.value === '' ? regions.map((_, at) => at) : [Number(select.value)]; });
  on('unfold', 'click', () => nodes.forEach((_, at) => open.add(at)));
  on('fold', 'click', () => { open.clear(); open.add(0); });
  ['have', 'want', 'changed'].forEach((time) => on(`time-${time}`, 'change', () => {
    filter.changed = time === 'changed';
    filter.time = time === 'have' ? 'have' : 'want';
  }));

  renew();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
