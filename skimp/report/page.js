"use strict";
// A click on a head sorts its table, a second one the other way; what has no value stays last.
for (const head of document.querySelectorAll("th")) {
  head.querySelector("button").addEventListener("click", () => {
    const table = head.closest("table"), body = table.tBodies[0];
    const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const numeric = head.classList.contains("number");
    const key = (row) => {
      const cell = row.cells[head.cellIndex];
      if (!numeric) return cell.textContent;
      return "value" in cell.dataset ? Number(cell.dataset.value) : null;
    };
    const order = (a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return way * (numeric ? a.key - b.key : a.key.localeCompare(b.key, "en", { numeric: true }));
    };
    const rows = Array.from(body.rows, (row) => ({ row, key: key(row) })).sort(order);
    for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", way === 1 ? "ascending" : "descending");
    body.append(...rows.map((one) => one.row));
  });
}
