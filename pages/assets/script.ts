/**
 * The one script of all pages: search and sort. Everything can be read without it. It makes its own controls, so that
 * nobody sees a control that does nothing.
 */
export const script = `
(() => {
  'use strict';
  const plain = (text) => text.normalize('NFD').replace(/\\p{M}/gu, '').toLowerCase();

  const makeSearch = (list) => {
    const rows = [...list.querySelectorAll(list.dataset.search)];
    const texts = rows.map((row) => plain(row.textContent));
    const box = document.createElement('div');
    box.className = 'search';
    const label = document.createElement('label');
    const input = document.createElement('input');
    input.type = 'search';
    input.id = list.id + '-search';
    label.htmlFor = input.id;
    label.textContent = 'Search: name, class or id';
    const result = document.createElement('span');
    result.className = 'quiet';
    result.setAttribute('role', 'status');
    box.append(label, input, result);
    list.prepend(box);
    input.addEventListener('input', () => {
      const words = plain(input.value).split(/\\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        const fits = words.every((word) => texts[at].includes(word));
        row.classList.toggle('filtered', !fits);
        if (fits) shown += 1;
        for (const inner of row.querySelectorAll('details'))
          inner.open = fits && words.length > 0 && words.some((word) => plain(inner.textContent).includes(word));
      });
      result.textContent = words.length === 0 ? '' : shown + ' of ' + rows.length + ' shown';
    });
  };

  const compare = new Intl.Collator('en-NZ', { numeric: true, sensitivity: 'base' }).compare;
  const valueOf = (row, at) => {
    const cell = row.cells[at];
    return cell.dataset.sort ?? cell.textContent.trim();
  };
  const makeSort = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const first = head.classList.contains('number') ? 'descending' : 'ascending';
        const other = first === 'ascending' ? 'descending' : 'ascending';
        const order = head.getAttribute('aria-sort') === first ? other : first;
        heads.forEach((one) => one.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', order);
        const body = table.tBodies[0];
        const sign = order === 'ascending' ? 1 : -1;
        const keyed = [...body.rows].map((row) => [valueOf(row, at), row]);
        keyed.sort((a, b) => sign * compare(a[0], b[0]));
        body.append(...keyed.map(([, row]) => row));
      });
    });
  };

  document.querySelectorAll('[data-search]').forEach(makeSearch);
  document.querySelectorAll('table.sortable').forEach(makeSort);

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener('afterprint', () => opened.forEach((one) => { one.open = false; }));
})();
`;
