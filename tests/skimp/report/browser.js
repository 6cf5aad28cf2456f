// Appended to a copy of the page: clicks, measures, and leaves what it found in the document.
const found = { width: innerWidth, scroll: document.documentElement.scrollWidth, sorted: [] };
found.cells = Array.from(document.querySelectorAll("td[data-value]"), (cell) =>
  [cell.dataset.from ?? null, Number(cell.dataset.value), cell.textContent]);
for (const table of document.querySelectorAll("table")) {
  const read = (column) => Array.from(table.tBodies[0].rows, (row) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? null : Number(cell.dataset.value);
  });
  for (const head of table.querySelectorAll("th.number")) {
    const before = read(head.cellIndex);
    head.querySelector("button").click();
    const up = read(head.cellIndex), first = head.getAttribute("aria-sort");
    head.querySelector("button").click();
    const down = read(head.cellIndex), second = head.getAttribute("aria-sort");
    found.sorted.push({ head: head.textContent, before, up, down, said: [first, second] });
  }
  const head = table.querySelector("th:not(.number)");
  head.querySelector("button").click();
  found.words ??= Array.from(table.tBodies[0].rows, (row) => row.cells[head.cellIndex].textContent);
}
found.boxes = Array.from(document.querySelectorAll(".box"), (box) =>
  box.getBoundingClientRect().right <= innerWidth);
const out = document.createElement("pre");
out.id = "found";
out.textContent = JSON.stringify(found);
document.body.append(out);
